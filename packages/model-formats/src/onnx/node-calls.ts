import { forOneImage as sizesForOneImage, formatShape, type Value } from '@saliency/core'
import type { NodeProto } from '@saliency/onnx-proto'
import { itemsBefore, placeBatch } from '../batch/batch-place.ts'
import { repeatConstants } from '../batch/repeat-constants.ts'
import { forOneImage, type ConstantTensor } from '../constant/constant-tensor.ts'
import type { Initializers } from '../default-initializers.ts'
import type { ImportSession } from '../import-session.ts'
import { createParameterTable } from '../parameter-table.ts'
import { invalid, unsupported } from '../problems.ts'
import type { Product } from '../product.ts'
import { readAttributes } from './attributes.ts'
import { isConstant, type Entry, type NodeCall } from './node-call.ts'
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

/** Returns the maker of {@link NodeCall}s; parameters that several nodes use are declared once. */
export function createNodeCalls(
  context: GraphContext,
): (node: NodeProto, inputs: readonly (Entry | undefined)[]) => NodeCall {
  const { session } = context
  const parameters = createParameterTable(session)
  const products = new Map<Value, Product>()
  const { batch } = session

  return function createCall(node, inputs): NodeCall {
    const op = node.opType ?? ''
    const name = context.layerNames.get(node) ?? node.name ?? op
    const ops = session.graph.layer(name)
    const entryAt = (index: number): Entry => {
      const entry = inputs[index]
      if (!entry) throw invalid(`The node '${name}' (${op}) lacks its input ${index + 1}.`)
      return entry
    }
    const known = (index: number): ConstantTensor => {
      const entry = entryAt(index)
      if (!isConstant(entry))
        throw unsupported(`its input '${node.input?.[index]}' is computed from the image`)
      return forOneImage(entry)
    }
    const value = (index: number): Value => {
      const entry = entryAt(index)
      return isConstant(entry) ? parameters.operand(name, forOneImage(entry)) : entry
    }
    if (context.layerNames.has(node)) session.kinds.set(name, op)
    return {
      name,
      op,
      opset: context.opset,
      attributes: readAttributes(node),
      ops,
      inputs,
      outputCount: node.output?.length ?? 0,
      initializers: context.drawnBy,
      has: (index) => inputs[index] !== undefined,
      withInputs: (others) => createCall({ ...node, input: others.map(() => '') }, others),
      value,
      batchOf: batch.placeOf,
      operands: ({ isJoined } = { isJoined: false }) =>
        repeatConstants(
          ops,
          batch,
          inputs.map((_, index) => value(index)),
          isJoined,
        ),
      constant: known,
      sizes(index) {
        const entry = entryAt(index)
        return isConstant(entry) ? Array.from(entry.data) : Array.from(known(index).data)
      },
      reshaped(x, shape) {
        const place = batch.placeOf(x)
        if (!place) return ops.reshape(x, sizesForOneImage(shape))
        const sizes = placeBatch(shape, itemsBefore(x.shape, place))
        if (sizes) return ops.reshape(x, sizes)
        throw unsupported(`it folds the batch of ${formatShape(x.shape)} into ${formatShape(shape)}`)
      },
      parameter: (index, request) => parameters.declare(name, known(index), request),
      newParameter: (data, request) => parameters.declareNew(name, data, request),
      productBefore(value) {
        const index = inputs.indexOf(value)
        const isOnlyReader = context.readers.get(node.input?.[index] ?? '') === 1
        return isOnlyReader ? products.get(value) : undefined
      },
      offerProduct: (value, product) => void products.set(value, product),
    }
  }
}
