import {
  createRandom,
  type Engine,
  type FloatTensor,
  LOGITS,
  oneChannel,
  type Session,
  tensor,
  type TracedVariant,
  type Weights,
} from '@saliency/core'
import { batchOf, joinBatches } from './batch.ts'
import { type Evaluate, sampledMap } from './sampling.ts'
import type { SamplingVariant, VariantSet } from './variant-set.ts'

/** One set of images to explain. */
export interface MapRequest {
  /** `[n, c, h, w]` */
  readonly images: FloatTensor
  /** `[n, k]` */
  readonly seeds: FloatTensor
  /** Names each image in random streams. */
  readonly ids: readonly string[]
  /** Names what is done to them in random streams. */
  readonly condition: string
}

/** Maps by variant id, `[n, c, h, w]` each. */
export type Maps = ReadonlyMap<string, FloatTensor>

/** All variants of a study, open for one weight state. */
export interface MapSession {
  maps(request: MapRequest): Promise<Maps>
  dispose(): Promise<void>
}

/** What a map session is opened with. */
export interface MapSessionRequest {
  readonly engine: Engine
  readonly set: VariantSet
  readonly weights: Weights
  readonly batchSize: number
  readonly seed: number
  /** The signed sum over channels, taken inside the graph; or the map as the method returns it. */
  readonly map: 'one-channel' | 'full'
  /** Variants per session, for less memory; default: all in one. */
  readonly perSession?: number
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  )
}

/** Standard normal noise for one input leaf, each image from its own stream. */
function noiseFor(name: string, request: MapRequest, seed: number): FloatTensor {
  const { images, ids, condition } = request
  const length = images.data.length / ids.length
  const data = new Float32Array(images.data.length)
  ids.forEach((id, row) => {
    const random = createRandom(seed, 'noise', name, id, condition)
    for (let i = 0; i < length; i++) data[row * length + i] = random.normal()
  })
  return tensor(data, images.shape)
}

/** The signed sum over channels, `[n, 1, h, w]`, where it was not taken inside the graph. */
export function sumChannels({ data, shape }: FloatTensor): FloatTensor {
  const [n = 0, c = 1, h = 1, w = 1] = shape
  if (c === 1) return tensor(data, [n, 1, h, w])
  const size = h * w
  const result = new Float32Array(n * size)
  for (let image = 0; image < n; image++) {
    for (let channel = 0; channel < c; channel++) {
      const from = (image * c + channel) * size
      for (let i = 0; i < size; i++) result[image * size + i]! += data[from + i]!
    }
  }
  return tensor(result, [n, 1, h, w])
}

async function runGraph(
  session: Session,
  variants: readonly TracedVariant[],
  request: MapRequest,
  { batchSize, seed }: MapSessionRequest,
): Promise<[string, FloatTensor][]> {
  const count = request.ids.length
  const noise = [...new Set(variants.flatMap((one) => one.noise))].map(
    (name) => [name, noiseFor(name, request, seed)] as const,
  )
  const parts = new Map<string, FloatTensor[]>(variants.map(({ variant }) => [variant.id, []]))
  for (let from = 0; from < count; from += batchSize) {
    const feeds = {
      image: batchOf(request.images, from, batchSize),
      seed: batchOf(request.seeds, from, batchSize),
      ...Object.fromEntries(noise.map(([name, values]) => [name, batchOf(values, from, batchSize)])),
    }
    const result = await session.run(feeds)
    for (const [id, list] of parts) list.push(result[id] as FloatTensor)
  }
  return [...parts].map(([id, list]) => [id, joinBatches(list, count)])
}

/** A session that a sampling method's evaluations run in, opened when first needed. */
function lazyEvaluator(
  sampling: SamplingVariant,
  request: MapSessionRequest,
): { evaluate: Evaluate; dispose(): Promise<void> } {
  const { engine, set, weights, batchSize } = request
  const { of } = sampling
  const outputs = of === 'predict' ? { [LOGITS]: set.model.logits } : { map: of.map }
  let open: Promise<Session> | undefined
  return {
    async evaluate(inputs, seed) {
      open ??= engine.open({ outputs }, weights)
      const session = await open
      const count = inputs.shape[0] as number
      const seeds = batchOf(seed, 0, batchSize)
      if (of === 'predict') {
        const result = await session.run({ image: batchOf(inputs, 0, batchSize) })
        return seededLogit(result[LOGITS] as FloatTensor, seed, count)
      }
      const noise = of.noise.map((name) => [
        name,
        tensor(new Float32Array((batchSize * inputs.data.length) / count), [
          batchSize,
          ...inputs.shape.slice(1),
        ]),
      ])
      const result = await session.run({
        image: batchOf(inputs, 0, batchSize),
        seed: seeds,
        ...Object.fromEntries(noise),
      })
      return joinBatches([result['map'] as FloatTensor], count)
    },
    dispose: async () => (await open)?.dispose(),
  }
}

function seededLogit(logits: FloatTensor, seed: FloatTensor, count: number): FloatTensor {
  const classes = logits.shape[1] as number
  const result = new Float32Array(count)
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < classes; i++) result[row]! += logits.data[row * classes + i]! * seed.data[i]!
  }
  return tensor(result, [count, 1])
}

async function runSampling(
  sampling: SamplingVariant,
  evaluate: Evaluate,
  request: MapRequest,
  options: MapSessionRequest,
): Promise<[string, FloatTensor]> {
  const maps: FloatTensor[] = []
  for (const [row, id] of request.ids.entries()) {
    const image = batchOf(request.images, row, 1)
    const map = await sampledMap(
      {
        sampling,
        image: tensor(image.data, image.shape.slice(1)),
        seed: batchOf(request.seeds, row, 1),
        key: [options.seed, 'samples', sampling.variant.id, id, request.condition],
        batchSize: options.batchSize,
      },
      evaluate,
    )
    maps.push(options.map === 'one-channel' ? sumChannels(map) : map)
  }
  return [sampling.variant.id, joinBatches(maps, request.ids.length)]
}

/**
 * Opens every variant of a set for one weight state. Variants share one session, and with it the forward pass, unless
 * memory asks for several.
 */
export async function openMapSession(request: MapSessionRequest): Promise<MapSession> {
  const { engine, set, weights, perSession = Infinity } = request
  const parts: { session: Session; variants: readonly TracedVariant[] }[] = []
  for (const variants of chunks(set.traced, Math.min(perSession, Math.max(1, set.traced.length)))) {
    const outputs = variants.map(
      ({ variant, map }) => [variant.id, request.map === 'full' ? map : oneChannel(map)] as const,
    )
    parts.push({ session: await engine.open({ outputs: Object.fromEntries(outputs) }, weights), variants })
  }
  const evaluators = set.sampling.map((sampling) => ({ sampling, ...lazyEvaluator(sampling, request) }))
  return {
    async maps(images) {
      const result = new Map<string, FloatTensor>()
      for (const { session, variants } of parts) {
        for (const [id, map] of await runGraph(session, variants, images, request)) result.set(id, map)
      }
      for (const { sampling, evaluate } of evaluators) {
        result.set(...(await runSampling(sampling, evaluate, images, request)))
      }
      return result
    },
    async dispose() {
      await Promise.all([
        ...parts.map(({ session }) => session.dispose()),
        ...evaluators.map((one) => one.dispose()),
      ])
    },
  }
}
