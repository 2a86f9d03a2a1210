import type { Value } from '@saliency/core'
import { reshapeConstant, transposeConstant } from '../constant/arrange.ts'
import type { ConstantTensor } from '../constant/constant-tensor.ts'
import type { ImportSession } from '../import-session.ts'
import { createParameterTable } from '../parameter-table.ts'
import type { SourceValue } from '../source-value.ts'
import { invalid, unsupported } from '../problems.ts'
import type { Product } from '../product.ts'
import { isConstantEntry, type GraphCall, type GraphEntry } from './graph-call.ts'
import type { GraphNode } from './graph-def.ts'

/** What all nodes of one import share. */
export interface GraphModelContext {
  readonly session: ImportSession
  readonly layerNames: ReadonlyMap<GraphNode, string>
  readonly readers: ReadonlyMap<string, number>
}

/** Where each graph axis comes from: the inverse of a placement's `axes`. */
function graphOrder(axes: readonly number[]): number[] {
  return axes.map((_, axis) => axes.indexOf(axis))
}

/** Returns the maker of {@link GraphCall}s; weights that several nodes use are declared once. */
export function createGraphCalls({
  session,
  layerNames,
  readers,
}: GraphModelContext): (node: GraphNode, inputs: readonly GraphEntry[]) => GraphCall {
  const parameters = createParameterTable(session)
  const products = new Map<Value, Product>()
  const aligned = new Map<ConstantTensor, Map<string, ConstantTensor>>()

  /** Kept by weight and placement, so that a weight used twice stays one parameter. */
  function align(known: ConstantTensor, { axes }: SourceValue): ConstantTensor {
    if (known.data.length === 1) return { ...known, shape: [] }
    const byPlacement = aligned.get(known) ?? new Map<string, ConstantTensor>()
    aligned.set(known, byPlacement)
    const key = axes.join()
    const old = byPlacement.get(key)
    if (old) return old
    const missing = axes.length - known.shape.length
    if (missing < 0)
      throw unsupported(`an operand of rank ${known.shape.length} beside one of rank ${axes.length}`)
    const full = reshapeConstant(known, [...Array.from({ length: missing }, () => 1), ...known.shape])
    const arranged = transposeConstant(full, graphOrder(axes))
    byPlacement.set(key, arranged)
    return arranged
  }

  return (node, inputs) => {
    const name = layerNames.get(node) ?? node.name
    const entryAt = (index: number): GraphEntry => {
      const entry = inputs[index]
      if (!entry) throw invalid(`The node '${node.name}' (${node.opType}) lacks its input ${index + 1}.`)
      return entry
    }
    const known = (index: number): ConstantTensor => {
      const entry = entryAt(index)
      if (!isConstantEntry(entry))
        throw unsupported(`its input '${node.input[index]}' is computed from the image`)
      return entry
    }
    if (layerNames.has(node)) session.kinds.set(name, node.opType)
    return {
      name,
      op: node.opType,
      attributes: node.attributes,
      ops: session.graph.layer(name),
      inputs,
      outputCount: node.output.length,
      sourceValue(index) {
        const entry = entryAt(index)
        if (isConstantEntry(entry))
          throw unsupported(`its input '${node.input[index]}' does not depend on the image`)
        return entry
      },
      constant: known,
      parameter: (index, request) => parameters.declare(name, known(index), request),
      declare: (item, request) => parameters.declare(name, item, request),
      operand: (item, source) => parameters.operand(name, align(item, source)),
      following(suffix, kind) {
        session.kinds.set(`${name}/${suffix}`, kind)
        return session.graph.layer(`${name}/${suffix}`)
      },
      productBefore(source) {
        const index = inputs.indexOf(source)
        return readers.get(node.input[index] ?? '') === 1 ? products.get(source.value) : undefined
      },
      offerProduct: (value, product) => void products.set(value, product),
    }
  }
}
