import {
  ancestors,
  isNode,
  LOGITS,
  messageOf,
  type Plan,
  type RandomRelevance,
  type Shape,
  traceConvergence,
  type Value,
} from '@saliency/core'
import type { VariantSet } from './variant-set.ts'

/** Where one variant's signals are compared; `output` names the graph's output with the cosines. */
export interface PlannedPoint {
  readonly layer: string
  readonly channels: number
  readonly output: string
}

/** Variants whose convergence one session computes. */
export interface ConvergenceGraph {
  readonly plan: Plan
  readonly points: ReadonlyMap<string, readonly PlannedPoint[]>
  /** Every input leaf that the plan reads besides the image. */
  readonly inputs: ReadonlyMap<string, Shape>
}

/** The graphs behind one start of random relevance. */
export interface ConvergenceGraphs {
  readonly graphs: readonly ConvergenceGraph[]
  /** Variants that the question does not apply to, with the reason. */
  readonly notApplicable: ReadonlyMap<string, string>
}

/** Sessions open in time that grows faster than their graph: beyond so many nodes of its own, the next one begins. */
const NODES_PER_GRAPH = 1500

function inputsOf(values: readonly Value[]): Map<string, Shape> {
  const inputs = new Map<string, Shape>()
  for (const node of ancestors(values)) {
    const [output] = node.outputs
    if (output && isNode(node, 'Input') && node.attributes.name !== 'image')
      inputs.set(node.attributes.name, output.shape)
  }
  return inputs
}

function graphOf(
  set: VariantSet,
  members: ReadonlyMap<string, readonly (PlannedPoint & { cosines: Value })[]>,
): ConvergenceGraph {
  const outputs = Object.fromEntries(
    [...members.values()].flat().map(({ output, cosines }) => [output, cosines]),
  )
  return {
    plan: { outputs: { [LOGITS]: set.model.logits, ...outputs } },
    points: members,
    inputs: inputsOf(Object.values(outputs)),
  }
}

/** Makes the graphs that compare the signals of random starts, for every variant of a set that propagates one. */
export function convergenceGraphs(set: VariantSet, relevance: RandomRelevance): ConvergenceGraphs {
  const { model, variants, failures } = set
  const notApplicable = new Map<string, string>()
  const graphs: ConvergenceGraph[] = []
  let members = new Map<string, (PlannedPoint & { cosines: Value })[]>()
  let nodes = model.graph.nodes.length
  const close = () => {
    if (members.size > 0 || graphs.length === 0) graphs.push(graphOf(set, members))
    members = new Map()
    nodes = model.graph.nodes.length
  }
  const failed = new Set(failures.map(({ variant }) => variant.id))
  for (const variant of variants.filter(({ id }) => !failed.has(id))) {
    try {
      const found = traceConvergence(model, variant, relevance)
      if ('notApplicable' in found) notApplicable.set(variant.id, found.notApplicable)
      else
        members.set(
          variant.id,
          found.points.map((point) => ({ ...point, output: `${variant.id} ${point.layer}` })),
        )
    } catch (error) {
      notApplicable.set(variant.id, messageOf(error))
    }
    if (model.graph.nodes.length - nodes > NODES_PER_GRAPH) close()
  }
  if (members.size > 0 || graphs.length === 0) close()
  return { graphs, notApplicable }
}
