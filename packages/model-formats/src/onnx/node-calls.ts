import { tensor, type FloatTensor, type Value } from '@saliency/core'
import type { NodeProto } from '@saliency/onnx-proto'
import { floatsOf, numbersIn, type Known } from '../constant/known.ts'
import { uniqueName, type ImportSession } from '../import-session.ts'
import { invalid, unsupported } from '../problems.ts'
import { readAttributes } from './attributes.ts'
import {
  isKnown,
  type Entry,
  type Initializers,
  type NodeCall,
  type ParameterRequest,
  type Product,
} from './node-call.ts'
import type { ExternalData } from './tensor-proto.ts'

/** What all nodes of one import share. */
export interface GraphContext {
  readonly session: ImportSession
  readonly opset: number
  readonly external: ExternalData
  readonly drawnBy: Initializers
  readonly layerNames: ReadonlyMap<NodeProto, string>
  /** How often each value is read. */
  readonly readers: ReadonlyMap<string, number>
  find(name: string): Entry | undefined
}

interface Declared {
  readonly key: string
  readonly value: Value
}

/** Returns the maker of {@link NodeCall}s; parameters that several nodes use are declared once. */
export function createNodeCalls(
  context: GraphContext,
): (node: NodeProto, inputs: readonly (Entry | undefined)[]) => NodeCall {
  const { session } = context
  const declared = new Map<Known, Declared[]>()
  const products = new Map<Value, Product>()
  let isBehindKernel = false

  function declareNew(
    layer: string,
    data: FloatTensor,
    { role, name = role, initializer }: ParameterRequest,
  ): Value {
    const label = uniqueName(`${layer}/${name}`, session.weights)
    if (role === 'kernel') isBehindKernel = true
    session.weights.set(label, data)
    return session.graph.layer(layer).parameter(label, data.shape, role, initializer)
  }

  function declare(layer: string, known: Known, request: ParameterRequest): Value {
    const key = `${request.role} ${request.arrangement ?? ''}`
    const same = declared.get(known) ?? []
    const old = same.find((item) => item.key === key)
    if (old) return old.value
    const stored = tensor(floatsOf(known), known.shape)
    const data = request.arrange?.(stored) ?? stored
    const value = declareNew(layer, data, request)
    declared.set(known, [...same, { key, value }])
    return value
  }

  function valueOf(layer: string, entry: Entry): Value {
    if (!isKnown(entry)) return entry
    // Single numbers and what stands before the first kernel (mean, deviation) are part of the function, not weights.
    const isParameter = entry.type === 'float' && entry.data.length > 1 && entry.isTrained && isBehindKernel
    if (isParameter || entry.data.length > 4096)
      return declare(layer, entry, { role: 'other', name: 'constant' })
    const dtype = entry.type === 'boolean' ? 'bool' : 'float32'
    return session.graph.layer(layer).constant(Array.from(numbersIn(entry.data)), entry.shape, dtype)
  }

  return (node, inputs) => {
    const op = node.opType ?? ''
    const name = context.layerNames.get(node) ?? node.name ?? op
    const entryAt = (index: number): Entry => {
      const entry = inputs[index]
      if (!entry) throw invalid(`The node '${name}' (${op}) lacks its input ${index + 1}.`)
      return entry
    }
    const known = (index: number): Known => {
      const entry = entryAt(index)
      if (!isKnown(entry)) throw unsupported(`its input '${node.input?.[index]}' is computed from the image`)
      return entry
    }
    if (context.layerNames.has(node)) session.kinds.set(name, op)
    return {
      name,
      op,
      opset: context.opset,
      attributes: readAttributes(node),
      ops: session.graph.layer(name),
      inputs,
      outputCount: node.output?.length ?? 0,
      initializers: context.drawnBy,
      isBehindKernel,
      has: (index) => inputs[index] !== undefined,
      value: (index) => valueOf(name, entryAt(index)),
      known,
      parameter: (index, request) => declare(name, known(index), request),
      newParameter: (data, request) => declareNew(name, data, request),
      productBefore(value) {
        const index = inputs.indexOf(value)
        const isOnlyReader = context.readers.get(node.input?.[index] ?? '') === 1
        return isOnlyReader ? products.get(value) : undefined
      },
      offerProduct: (value, product) => void products.set(value, product),
    }
  }
}
