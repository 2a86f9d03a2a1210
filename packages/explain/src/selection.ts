import { type Method, type Options, type ResolvedVariant, resolveVariant } from '@saliency/core'

/** A method, and which of its variants, as a user asks for it. */
export interface Selection {
  readonly method: Method
  /** Absent: all variants. */
  readonly variant?: string
  /** Overrides of the variants' options. */
  readonly options: Options
}

function optionsSuffix(options: Selection['options']): string {
  const pairs = Object.entries(options).map(([name, value]) => `${name}=${String(value)}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
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
    return isTwice ? { ...resolved, id: `${resolved.id}${optionsSuffix(options)}` } : resolved
  })
}
