import { type Method, type Options, type ResolvedVariant, resolveVariant } from '@saliency/core'
import { optionsText } from './option-text.ts'

/** A method, and which of its variants, as a user asks for it. */
export interface Selection {
  readonly method: Method
  /** Absent: all variants. */
  readonly variant?: string
  /** Overrides of the variants' options. */
  readonly options: Options
}

function withOptions(id: string, options: Options): string {
  return Object.keys(options).length === 0 ? id : `${id}?${optionsText(options)}`
}

/**
 * Resolves what was selected. Ids stay `method/variant`; where one variant is asked for twice with different options, the
 * options become part of the id.
 */
export function resolveSelections(selections: readonly Selection[]): ResolvedVariant[] {
  const wanted = selections.flatMap(({ method, variant, options }) => {
    const names = variant === undefined ? Object.keys(method.variants) : [variant]
    return names.map((name) => ({ options, resolved: resolveVariant(method, name, options) }))
  })
  const distinct = new Map(
    wanted.map((one) => [`${one.resolved.id}${JSON.stringify(one.resolved.options)}`, one]),
  )
  const all = [...distinct.values()]
  return all.map(({ resolved, options }) => {
    const isTwice = all.filter((other) => other.resolved.id === resolved.id).length > 1
    return isTwice ? { ...resolved, id: withOptions(resolved.id, options) } : resolved
  })
}
