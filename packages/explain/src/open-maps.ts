import { type FloatTensor, LOGITS, messageOf, SaliencyError, type Session, tensor } from '@saliency/core'
import { batchOf, joinBatches, runBatches } from './batch.ts'
import { openConvergence } from './open-convergence.ts'
import { createEvaluator, type Evaluator } from './evaluator.ts'
import { ACTIVATIONS, type MapGraphs, type MapGraph } from './map-graphs.ts'
import type { MapRequest, MapResult, OpenMapsSettings } from './map-request.ts'
import { noiseFor, samplesKey } from './noise.ts'
import { sampledMap, type SamplingJob } from './sampling.ts'
import { sumChannels } from './sum-channels.ts'
import type { SamplingVariant } from './variant-set.ts'

/** All variants of a study, open for one weight state. */
export interface OpenMaps {
  maps(request: MapRequest): Promise<MapResult>
  dispose(): Promise<void>
}

interface OpenGraph extends MapGraph {
  readonly session: Session
}

function runGraph(
  { plan, variants, session }: OpenGraph,
  request: MapRequest,
  { batchSize, seed }: OpenMapsSettings,
): Promise<Map<string, FloatTensor>> {
  const names = [...new Set(variants.flatMap((one) => one.noise))]
  const noise = names.map((name) => [name, noiseFor(name, request, seed)] as const)
  const feeds = {
    image: request.images,
    ...(variants.length > 0 && { direction: request.directions }),
    ...Object.fromEntries(noise),
  }
  return runBatches(session, plan, feeds, batchSize)
}

/** What the map of one image of a request is computed from. */
function samplingJob(
  sampling: SamplingVariant,
  request: MapRequest,
  row: number,
  { seed, batchSize, samplesPerBatch = batchSize }: OpenMapsSettings,
): SamplingJob {
  const image = batchOf(request.images, row, 1)
  return {
    sampling,
    image: tensor(image.data, image.shape.slice(1)),
    direction: batchOf(request.directions, row, 1),
    key: samplesKey(sampling.method.id, request, row, seed),
    batchSize: samplesPerBatch,
  }
}

async function runSampler(
  { sampling, evaluate }: Evaluator,
  request: MapRequest,
  settings: OpenMapsSettings,
): Promise<FloatTensor> {
  const maps: FloatTensor[] = []
  for (const row of request.ids.keys())
    maps.push(await sampledMap(samplingJob(sampling, request, row, settings), evaluate))
  return joinBatches(maps, request.ids.length)
}

/** Runs every sampling method; with its map under its id, or the reason why there is none. */
async function runSamplers(
  evaluators: readonly Evaluator[],
  request: MapRequest,
  settings: OpenMapsSettings,
  isFull: boolean,
): Promise<{ maps: Map<string, FloatTensor>; failed: Map<string, string> }> {
  const [maps, failed] = [new Map<string, FloatTensor>(), new Map<string, string>()]
  for (const evaluator of evaluators) {
    const { id } = evaluator.sampling.variant
    try {
      const map = await runSampler(evaluator, request, settings)
      maps.set(id, isFull ? map : sumChannels(map))
    } catch (error) {
      // What the engine refuses is no fault of the method's code: whoever opened the session looks for the culprit.
      if (!settings.isTolerant || SaliencyError.is(error, 'ENGINE')) throw error
      failed.set(id, messageOf(error))
    }
  }
  return { maps, failed }
}

/** Opens graphs for one weight state. */
export async function openMaps(graphs: MapGraphs, settings: OpenMapsSettings): Promise<OpenMaps> {
  const { engine, weights, batchSize, samplesPerBatch = batchSize } = settings
  const openGraph = async (graph: MapGraph): Promise<OpenGraph> => ({
    ...graph,
    session: await engine.open(graph.plan, weights),
  })
  const stays = !settings.isLean || graphs.graphs.length === 1
  const opened: OpenGraph[] = []
  if (stays) for (const graph of graphs.graphs) opened.push(await openGraph(graph))
  const evaluators = graphs.samplers.map((sampler) =>
    createEvaluator(sampler, engine, weights, samplesPerBatch),
  )
  const starts = openConvergence(graphs.set, settings)
  return {
    async maps(request) {
      const { relevance } = request
      if (relevance) return starts.run({ ...request, relevance })
      const maps = new Map<string, FloatTensor>()
      for (const [index, planned] of graphs.graphs.entries()) {
        const graph = opened[index] ?? (await openGraph(planned))
        for (const [id, map] of await runGraph(graph, request, settings)) maps.set(id, map)
        if (!stays) await graph.session.dispose()
      }
      const sampled = await runSamplers(evaluators, request, settings, graphs.map === 'full')
      for (const [id, map] of sampled.maps) maps.set(id, map)
      const { failed } = sampled
      const logits = maps.get(LOGITS) as FloatTensor
      const scales = maps.get(ACTIVATIONS)?.data
      maps.delete(LOGITS)
      maps.delete(ACTIVATIONS)
      const blocks = graphs.set.model.blocks.map(({ name }) => name)
      return {
        maps,
        logits,
        ...(scales && { activations: { blocks, scales } }),
        ...(failed.size > 0 && { failed }),
      }
    },
    async dispose() {
      for (const { session } of opened) await session.dispose()
      for (const evaluator of evaluators) await evaluator.dispose()
      await starts.dispose()
    },
  }
}
