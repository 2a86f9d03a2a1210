import {
  createRandom,
  type FloatTensor,
  type Options,
  type Sample,
  type SamplingContext,
  tensor,
} from '@saliency/core'
import type { SamplingVariant } from './variant-set.ts'

/** Evaluates a batch: changed images `[b, c, h, w]` and the direction `[1, k]` → one result a sample, `[b, …]`. */
export type Evaluate = (inputs: FloatTensor, direction: FloatTensor) => Promise<FloatTensor>

/** What one sampling map is computed from. */
export interface SamplingJob {
  readonly sampling: SamplingVariant
  /** `[c, h, w]` */
  readonly image: FloatTensor
  /** `[1, k]` */
  readonly direction: FloatTensor
  /** Names the stream of random numbers. */
  readonly key: readonly (string | number)[]
  readonly batchSize: number
}

function addWeighted(sum: Float32Array, result: Float32Array, { weight = 1 }: Sample): void {
  // A map of one channel counts for every channel of the image's.
  for (let i = 0; i < sum.length; i++) sum[i]! += weight * result[i % result.length]!
}

function* batches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Folds a method's samples of one image into its map, `[1, c, h, w]`, or `[1, 1, h', w']` at layer resolution. */
export async function sampledMap(job: SamplingJob, evaluate: Evaluate): Promise<FloatTensor> {
  const { sampling, image, direction } = job
  const { method, variant, of } = sampling
  const [channels, height, width] = image.shape as unknown as readonly [number, number, number]
  const context: SamplingContext = {
    image: image.data,
    shape: [channels, height, width],
    options: variant.options as Options,
    random: createRandom(...job.key),
  }
  let sum: Float32Array | undefined = of === 'predict' ? new Float32Array(image.data.length) : undefined
  let shape: readonly number[] = [1, channels, height, width]
  for (const samples of batches(method.samples(context), job.batchSize)) {
    const size = image.data.length
    const inputs = new Float32Array(samples.length * size)
    samples.forEach((sample, index) => inputs.set(sample.input, index * size))
    const results = await evaluate(tensor(inputs, [samples.length, channels, height, width]), direction)
    const length = results.data.length / samples.length
    if (sum === undefined) {
      sum = new Float32Array(length)
      shape = [1, ...results.shape.slice(1)]
    }
    for (const [index, sample] of samples.entries()) {
      const result = results.data.subarray(index * length, (index + 1) * length)
      if (method.fold) method.fold(sum, result, sample, context)
      else addWeighted(sum, result, sample)
    }
  }
  sum ??= new Float32Array(image.data.length)
  method.finish?.(sum, context)
  return tensor(sum, shape)
}
