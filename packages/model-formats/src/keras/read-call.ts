import { invalid } from '../problems.ts'
import type { Argument, KerasCall, TensorReference } from './argument.ts'
import { isObject, type JsonObject } from './config-reader.ts'

/** The calls of a layer: its `inbound_nodes`. A layer that nothing calls, an input, is called once with nothing. */
export function readCalls(nodes: unknown): readonly KerasCall[] {
  if (!Array.isArray(nodes) || nodes.length === 0) return [{ positional: [], named: {} }]
  return nodes.map((node: unknown) => (isObject(node) && 'args' in node ? readCall3(node) : readCall2(node)))
}

/** Puts arguments into a list; one that holds no tensor stays JSON. */
function list(items: readonly Argument[]): Argument {
  const isConstant = items.every((item) => 'constant' in item)
  return isConstant
    ? { constant: items.map((item) => ('constant' in item ? item.constant : null)) }
    : { items }
}

function named(value: unknown, read: (item: unknown) => Argument): Record<string, Argument> {
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, read(item)]))
}

/** Keras 3: `{ args, kwargs }`, in which a tensor says which layer made it. */
function readCall3({ args, kwargs }: JsonObject): KerasCall {
  if (!Array.isArray(args)) throw invalid("A layer's call has no list of arguments.")
  return { positional: args.map(readArgument3), named: named(kwargs, readArgument3) }
}

function readArgument3(value: unknown): Argument {
  if (Array.isArray(value)) return list(value.map(readArgument3))
  if (!isObject(value)) return { constant: value }
  const { class_name: kind, config, items } = value
  if (kind === '__keras_tensor__' && isObject(config)) {
    const tensor = readReference(config['keras_history'])
    if (!tensor) throw invalid('A tensor does not say which layer it comes from.')
    return { tensor }
  }
  if ((kind === '__numpy__' || kind === '__tensor__') && isObject(config))
    return { constant: config['value'] }
  if ((kind === '__tuple__' || kind === '__list__') && Array.isArray(items))
    return list(items.map(readArgument3))
  return dictionary(value, readArgument3)
}

/** Tensors by name are a list whose names no layer here knows; they are not lost, and are refused where they are read. */
function dictionary(value: JsonObject, read: (item: unknown) => Argument): Argument {
  const items = Object.values(value).map(read)
  const isConstant = items.every((item) => 'constant' in item)
  return isConstant ? { constant: value } : { items: [{ items }] }
}

/** `[layer, call, output]`, as Keras 2 writes a tensor, with or without the named arguments behind it. */
function readReference(value: unknown): TensorReference | undefined {
  if (!Array.isArray(value) || value.length < 3 || value.length > 4) return undefined
  const [layer, call, output, rest] = value as unknown[]
  if (typeof layer !== 'string' || !Number.isInteger(call) || !Number.isInteger(output)) return undefined
  if (rest !== undefined && rest !== null && !isObject(rest)) return undefined
  return { layer, call: call as number, output: output as number }
}

/** What Keras 2 writes in a tensor's place for a constant. */
function constantIn(value: unknown): Argument | undefined {
  const isConstant = Array.isArray(value) && value[0] === '_CONSTANT_VALUE' && value[1] === -1
  return isConstant ? { constant: (value as unknown[])[2] } : undefined
}

function readArgument2(value: unknown): Argument {
  const constant = constantIn(value)
  if (constant) return constant
  const tensor = readReference(value)
  if (tensor) return { tensor }
  if (Array.isArray(value)) return list(value.map(readArgument2))
  return isObject(value) ? dictionary(value, readArgument2) : { constant: value }
}

const isTensor = (value: unknown) => constantIn(value) !== undefined || readReference(value) !== undefined

/**
 * Keras 2 writes a call as its first argument, a tensor or a list of them; each tensor carries the named arguments:
 * `[["conv", 0, 0, { training: false }]]`.
 */
function readCall2(node: unknown): KerasCall {
  if (!Array.isArray(node) || node.length === 0) throw invalid("A layer's call has no inputs.")
  const [only] = node as unknown[]
  // A list of one tensor, as layers write it, is the tensor.
  const first = isTensor(node) ? node : node.length === 1 && isTensor(only) ? only : node
  const carrier: unknown = isTensor(first) ? first : only
  const names: unknown = Array.isArray(carrier) ? (carrier as unknown[])[3] : undefined
  return { positional: [readArgument2(first)], named: named(names, readArgument2) }
}

/** References to outputs or inputs of a model, at any depth: `["conv", 0, 0]`, `[["conv", 0, 0]]`. */
export function readReferences(value: unknown): readonly TensorReference[] {
  const reference = readReference(value)
  if (reference) return [reference]
  if (isObject(value)) return Object.values(value).flatMap(readReferences)
  return Array.isArray(value) ? value.flatMap(readReferences) : []
}
