import { counted } from '@saliency/core'
import type { SourceValue } from '../../source-value.ts'
import { invalid, unsupported } from '../../problems.ts'
import { readConfig, type ConfigReader, type JsonObject } from '../config-reader.ts'
import { tensorList, textOf, type Resolved, type ResolvedCall } from '../resolved.ts'
import { readConstant, type Constant } from './constant.ts'

/** The arguments of a call of an operation by name. Every one of them must be asked for, or say nothing. */
export interface Arguments {
  /** A tensor. */
  sourceValue(name: string): SourceValue
  /** A list of tensors; a single one is a list too. */
  list(name: string): readonly SourceValue[]
  /** A tensor, or numbers. */
  operand(name: string): SourceValue | Constant
  /** Every tensor among them, in order. */
  tensors(): readonly SourceValue[]
  /** All that is no tensor. */
  readonly config: ConfigReader
  /** @throws UNSUPPORTED_MODEL naming an argument that nobody asked for. */
  refuseUnread(): void
}

/**
 * Ties the arguments of a call, by place and by name, to an operation's parameters; `settings` are those that Keras 3
 * keeps in the operation itself.
 * @throws UNSUPPORTED_MODEL for more arguments than parameters
 */
export function bindArguments(
  parameters: readonly string[],
  { positional, named }: ResolvedCall,
  settings: JsonObject,
  owner: string,
): Arguments {
  if (positional.length > parameters.length)
    throw unsupported(
      `is called with ${counted(positional.length, 'argument')}, of which ${parameters.length} are known`,
    )
  const bound: Record<string, Resolved> = {}
  for (const [name, value] of Object.entries(settings)) bound[name] = { constant: value }
  for (const [index, argument] of positional.entries()) bound[parameters[index] as string] = argument
  Object.assign(bound, named)

  const read = new Set<string>()
  const constants = Object.entries(bound).flatMap(([name, item]) =>
    'constant' in item ? [[name, item.constant] as const] : [],
  )
  const config = readConfig(Object.fromEntries(constants), owner)
  const find = (name: string): Resolved => {
    read.add(name)
    const argument = bound[name]
    if (!argument) throw invalid(`Layer '${owner}' is called without its argument '${name}'.`)
    return argument
  }
  const list = (name: string): readonly SourceValue[] => {
    const argument = find(name)
    const tensors = tensorList(argument)
    if (!tensors) throw unsupported(`its argument ${name} (${textOf(argument)}) holds what is no tensor`)
    return tensors
  }
  return {
    config,
    list,
    sourceValue(name) {
      const argument = find(name)
      if (!('sourceValue' in argument))
        throw unsupported(`its argument ${name} (${textOf(argument)}) is no tensor`)
      return argument.sourceValue
    },
    operand(name) {
      const argument = find(name)
      if ('sourceValue' in argument) return argument.sourceValue
      const constant = 'constant' in argument ? readConstant(config.raw(name)) : undefined
      if (!constant)
        throw unsupported(`its argument ${name} (${textOf(argument)}) is neither a tensor nor numbers`)
      return constant
    },
    tensors: () => Object.keys(bound).flatMap((name) => ('constant' in find(name) ? [] : list(name))),
    refuseUnread() {
      const unread = [
        ...config
          .unread()
          .filter((name) => bound[name] && config.raw(name) !== null && config.raw(name) !== false),
        ...Object.keys(bound).filter((name) => !read.has(name) && !('constant' in (bound[name] as Resolved))),
      ]
      const [name] = unread
      if (name !== undefined)
        throw unsupported(`its argument ${name} (${textOf(bound[name] as Resolved)}) is not supported`)
    },
  }
}
