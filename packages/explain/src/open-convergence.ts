import {
  type Convergence,
  type FloatTensor,
  LOGITS,
  type RandomRelevance,
  type Session,
  type Shape,
} from '@saliency/core'
import { runBatches } from './batch.ts'
import { type ConvergenceGraph, type ConvergenceGraphs, convergenceGraphs } from './convergence-graphs.ts'
import type { MapRequest, MapResult, OpenMapsSettings } from './map-request.ts'
import { noiseFor, normalFor } from './noise.ts'
import type { VariantSet } from './variant-set.ts'

/** Random starts under one weight state, opened when first asked for. */
export interface OpenConvergence {
  run(request: MapRequest & { readonly relevance: RandomRelevance }): Promise<MapResult>
  dispose(): Promise<void>
}

/** Weights that sessions may hold beside each other; each holds its own copy, and beyond this they are opened anew. */
const OPEN_BYTES = 2 ** 30

/** Standard normal relevance at a layer, `[n, …]`, each image and draw from its own stream; the same for every variant. */
function startFor(name: string, shape: Shape, { ids }: MapRequest, seed: number): FloatTensor {
  const keyOf = (row: number) => [seed, 'relevance', name, ids[row] as string]
  return normalFor(ids.length, shape.slice(1).map(Number), keyOf)
}

function feedFor(name: string, shape: Shape, request: MapRequest, seed: number): FloatTensor {
  if (name === 'direction') return request.directions
  return name.startsWith('noise:') ? noiseFor(name, request, seed) : startFor(name, shape, request, seed)
}

function runGraph(
  { plan, inputs }: ConvergenceGraph,
  session: Session,
  request: MapRequest,
  { batchSize, seed }: OpenMapsSettings,
): Promise<Map<string, FloatTensor>> {
  const feeds = [...inputs].map(([name, shape]) => [name, feedFor(name, shape, request, seed)] as const)
  return runBatches(session, plan, { image: request.images, ...Object.fromEntries(feeds) }, batchSize)
}

function convergenceOf(
  graph: ConvergenceGraph,
  variant: string,
  outputs: ReadonlyMap<string, FloatTensor>,
): Convergence {
  const layers = (graph.points.get(variant) ?? []).map(({ layer, channels, output }) => {
    const { data, shape } = outputs.get(output) as FloatTensor
    return { layer, channels, cosines: data, shape: shape as unknown as [number, number, number, number] }
  })
  return { layers }
}

/** Prepares the random starts of a set of variants. */
export function openConvergence(set: VariantSet, settings: OpenMapsSettings): OpenConvergence {
  const { engine, weights } = settings
  const known = new Map<string, ConvergenceGraphs>()
  const open = new Map<ConvergenceGraph, Session>()
  const size = [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0)

  function graphsFor(relevance: RandomRelevance): ConvergenceGraphs {
    const key = `${relevance.from}#${relevance.draws}`
    const graphs = known.get(key) ?? convergenceGraphs(set, relevance)
    known.set(key, graphs)
    return graphs
  }

  async function closeBeyond(bytes: number): Promise<void> {
    for (const [graph, session] of open) {
      if (open.size * size <= bytes) return
      open.delete(graph)
      await session.dispose()
    }
  }

  async function sessionOf(graph: ConvergenceGraph): Promise<Session> {
    const opened = open.get(graph)
    if (opened) return opened
    await closeBeyond(Math.max(0, OPEN_BYTES - size))
    const session = await engine.open(graph.plan, weights)
    open.set(graph, session)
    return session
  }

  return {
    async run(request) {
      const { graphs, notApplicable } = graphsFor(request.relevance)
      const convergence = new Map<string, Convergence>(
        [...notApplicable].map(([id, reason]) => [id, { notApplicable: reason }]),
      )
      let logits: FloatTensor | undefined
      for (const graph of graphs) {
        const outputs = await runGraph(graph, await sessionOf(graph), request, settings)
        logits ??= outputs.get(LOGITS)
        for (const id of graph.points.keys()) convergence.set(id, convergenceOf(graph, id, outputs))
      }
      return { maps: new Map(), logits: logits as FloatTensor, convergence }
    },
    dispose: () => closeBeyond(-1),
  }
}
