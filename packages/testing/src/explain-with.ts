import {
  createRandom,
  findVariantById,
  LOGITS,
  resolveVariant,
  tensor,
  trace,
  type FloatTensor,
  type Method,
  type Model,
  type Options,
  type ResolvedVariant,
  type Weights,
} from '@saliency/core'
import { foldSamples } from './fold-samples.ts'
import { repeat } from './rows.ts'
import { testEngine } from './test-engine.ts'

/** What to explain, and how. */
export interface ExplainRequest {
  readonly model: Model
  readonly weights: Weights
  readonly method: Method
  /** Names of variants; default all of the method's. */
  readonly variants?: readonly string[]
  /** Overrides of the variants' options. */
  readonly options?: Options
  /** `[n, c, h, w]`, preprocessed. */
  readonly inputs: FloatTensor
  /** `[n, k]`: the direction in logit space to explain. */
  readonly seed: FloatTensor
  /** Other methods, for the parts of compositions and the maps that sampling methods wrap. */
  readonly methods?: readonly Method[]
  /** Names each image in random streams; default its position. */
  readonly ids?: readonly (string | number)[]
}

/** Images `[n, c, h, w]` and seeds `[n, k]` of one batch. */
type Batch = Pick<ExplainRequest, 'inputs' | 'seed' | 'ids'>

function noiseFor(name: string, { inputs, ids }: Batch): FloatTensor {
  const [images = 0, , height = 0, width = 0] = inputs.shape
  const size = height * width
  const data = new Float32Array(images * size)
  for (let image = 0; image * size < data.length; image++) {
    const random = createRandom('noise', name, ids?.[image] ?? image)
    for (let index = 0; index < size; index++) data[image * size + index] = random.normal()
  }
  return tensor(data, [images, 1, height, width])
}

/** Traces variants of any method into one session; `run` gives their maps by id. */
async function openMaps(
  { model, weights, method, methods = [] }: ExplainRequest,
  variants: readonly ResolvedVariant[],
) {
  const { traced, failures } = trace({ model, variants, methods: [method, ...methods] })
  if (failures[0]) throw failures[0].error
  const outputs = Object.fromEntries(traced.map(({ variant, map }) => [variant.id, map]))
  const noise = traced.flatMap((each) => each.noise)
  const session = await (await testEngine()).open({ outputs }, weights)
  return {
    async run(batch: Batch): Promise<Record<string, FloatTensor>> {
      const streams = Object.fromEntries(noise.map((name) => [name, noiseFor(name, batch)]))
      const feeds = { image: batch.inputs, seed: batch.seed, ...streams }
      return (await session.run(feeds)) as Record<string, FloatTensor>
    },
    dispose: () => session.dispose(),
  }
}

/** The seeded logit Σ seed · logits of every image, `[n, 1]`. */
async function openPrediction({ model, weights }: ExplainRequest) {
  const session = await (await testEngine()).open({ outputs: { [LOGITS]: model.logits } }, weights)
  return {
    async run({ inputs, seed }: Batch): Promise<FloatTensor> {
      const logits = (await session.run({ image: inputs }))[LOGITS] as FloatTensor
      const [n, k] = seed.shape as [number, number]
      const values = Float32Array.from({ length: n }, (_, row) => {
        let sum = 0
        for (let at = row * k; at < (row + 1) * k; at++)
          sum += Number(seed.data[at]) * Number(logits.data[at])
        return sum
      })
      return tensor(values, [n, 1])
    },
    dispose: () => session.dispose(),
  }
}

async function explainBySampling(request: ExplainRequest, variant: ResolvedVariant): Promise<FloatTensor> {
  const { method, methods = [] } = request
  if (method.kind !== 'sampling') throw new Error(`internal: ${variant.id} does not sample`)
  const wrapped = method.of(variant.options as never)
  const inner = wrapped === 'predict' ? undefined : findVariantById([method, ...methods], wrapped)
  const session = inner ? await openMaps(request, [inner]) : await openPrediction(request)
  try {
    return await foldSamples(method, variant, request, async (inputs, seed) => {
      const result = await session.run({ inputs, seed: repeat(seed, Number(inputs.shape[0])) })
      return (inner ? (result as Record<string, FloatTensor>)[inner.id] : result) as FloatTensor
    })
  } finally {
    await session.dispose()
  }
}

/**
 * The maps of a method's variants by name, each `[n, c, h, w]` or `[n, 1, h', w']`, computed on ONNX Runtime.
 * @throws whatever tracing a variant throws: NO_GRADIENT, MISSING_PART, INVALID_OPTION, UNKNOWN_LAYER.
 */
export async function explainWith(request: ExplainRequest): Promise<Map<string, FloatTensor>> {
  const { method, variants = Object.keys(method.variants), options } = request
  const resolved = variants.map((name) => resolveVariant(method, name, options))
  const maps = new Map<string, FloatTensor>()
  if (method.kind === 'sampling') {
    for (const variant of resolved) maps.set(variant.variant, await explainBySampling(request, variant))
    return maps
  }
  const session = await openMaps(request, resolved)
  try {
    const results = await session.run(request)
    for (const { id, variant } of resolved) maps.set(variant, results[id] as FloatTensor)
    return maps
  } finally {
    await session.dispose()
  }
}

/** The error that tracing one variant ends in, if it does; a sampling method's is that of the variant it wraps. */
export function traceError(
  { model, method, methods = [] }: Pick<ExplainRequest, 'model' | 'method' | 'methods'>,
  name: string,
): Error | undefined {
  const all = [method, ...methods]
  const variant = resolveVariant(method, name)
  const traced =
    method.kind === 'sampling' ? findVariantById(all, method.of(variant.options as never)) : variant
  return trace({ model, variants: [traced], methods: all }).failures[0]?.error
}
