import type { SourceValue } from '../source-value.ts'
import { unsupported } from '../problems.ts'
import type { Argument, KerasCall, TensorReference } from './argument.ts'

/** An argument whose tensors are values of the graph. */
export type Resolved =
  | { readonly sourceValue: SourceValue }
  | { readonly items: readonly Resolved[] }
  | { readonly constant: unknown }

/** A call whose tensors are values of the graph. */
export interface ResolvedCall {
  readonly positional: readonly Resolved[]
  readonly named: Readonly<Record<string, Resolved>>
}

/** Puts values in the place of a call's tensors; undefined where one of them could not be imported. */
export function resolveCall(
  { positional, named }: KerasCall,
  find: (tensor: TensorReference) => SourceValue | undefined,
): ResolvedCall | undefined {
  let isWhole = true
  const resolve = (argument: Argument): Resolved => {
    if ('constant' in argument) return argument
    if ('items' in argument) return { items: argument.items.map(resolve) }
    const sourceValue = find(argument.tensor)
    if (sourceValue) return { sourceValue }
    isWhole = false
    return { constant: null }
  }
  const call = {
    positional: positional.map(resolve),
    named: Object.fromEntries(Object.entries(named).map(([name, argument]) => [name, resolve(argument)])),
  }
  return isWhole ? call : undefined
}

/** An argument in a message. */
export function textOf(argument: Resolved): string {
  if ('sourceValue' in argument) return 'a tensor'
  if ('items' in argument) return 'a list of tensors'
  const text = JSON.stringify(argument.constant) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** The tensors of an argument that is a tensor or a list of tensors, or undefined where it is anything else. */
export function tensorList(argument: Resolved): readonly SourceValue[] | undefined {
  if ('sourceValue' in argument) return [argument.sourceValue]
  if (!('items' in argument)) return undefined
  const items = argument.items.flatMap((item) => ('sourceValue' in item ? [item.sourceValue] : []))
  return items.length === argument.items.length ? items : undefined
}

/** What a layer may be called with besides its inputs: values that say nothing. */
function isInert(argument: Resolved): boolean {
  if (!('constant' in argument)) return false
  return argument.constant === null || argument.constant === false
}

/**
 * The call with the arguments of these names, which it has in this order, as one list of tensors; one that is absent is
 * left out.
 */
export function listed({ positional, named }: ResolvedCall, names: readonly string[]): ResolvedCall {
  const at = (name: string, index: number) => positional[index] ?? named[name]
  const items = names.flatMap((name, index) => {
    const argument = at(name, index)
    return argument && !isInert(argument) ? [argument] : []
  })
  const rest = Object.entries(named).filter(([name]) => !names.includes(name))
  return {
    positional: [{ items }, ...positional.slice(names.length)],
    named: Object.fromEntries(rest),
  }
}

/** A truth value among the arguments, and the call without it. */
export function takeFlag(call: ResolvedCall, name: string): readonly [boolean, ResolvedCall] {
  const { [name]: flag, ...named } = call.named
  const isTrue = flag !== undefined && 'constant' in flag && flag.constant === true
  return [isTrue, flag === undefined || isTrue || isInert(flag) ? { ...call, named } : call]
}

/**
 * What a layer reads: its first argument, by place or by name, a tensor or a list of them. Every other argument must say
 * nothing.
 * @throws UNSUPPORTED_MODEL naming an argument that would change the result
 */
export function layerInputs({ positional, named }: ResolvedCall): readonly SourceValue[] {
  const rest = Object.entries(named).filter(([, argument]) => !isInert(argument))
  const byName = positional.length === 0 ? rest.shift() : undefined
  const [first, ...others] = byName ? [byName[1]] : positional
  const extra = [...others.map((argument, index) => [String(index + 2), argument] as const), ...rest].find(
    ([, argument]) => !isInert(argument),
  )
  if (extra?.[0] === 'training')
    throw unsupported('it is called with training=True, so that it works as in training when it predicts')
  if (extra) throw unsupported(`its argument ${extra[0]} (${textOf(extra[1])}) is not supported`)
  const inputs = first && tensorList(first)
  if (first && !inputs) throw unsupported(`it reads ${textOf(first)}, which is no image and no list of them`)
  return inputs ?? []
}
