import {
  createRandom,
  tensor,
  type FloatTensor,
  type ResolvedVariant,
  type SamplingContext,
  type SamplingMethod,
} from '@saliency/core'
import { rowOf, stack } from './rows.ts'

/** The images of a sampling map, with what is explained of each. */
interface Request {
  readonly inputs: FloatTensor
  readonly seed: FloatTensor
  readonly ids?: readonly (string | number)[]
}

/** The map of every image: samples are drawn, evaluated as one batch with the image's seed `[1, k]`, and folded into a sum. */
export async function foldSamples(
  method: SamplingMethod,
  variant: ResolvedVariant,
  { inputs, seed, ids }: Request,
  evaluate: (inputs: FloatTensor, seed: FloatTensor) => Promise<FloatTensor>,
): Promise<FloatTensor> {
  const maps: FloatTensor[] = []
  for (let image = 0; image < Number(inputs.shape[0]); image++) {
    const one = rowOf(inputs, image)
    const context: SamplingContext = {
      image: one.data,
      shape: one.shape.slice(1) as unknown as readonly [number, number, number],
      options: variant.options,
      random: createRandom('samples', ids?.[image] ?? image),
    }
    const samples = [...method.samples(context)]
    const changed = stack(samples.map(({ input }) => tensor(input, one.shape)))
    const results = await evaluate(changed, rowOf(seed, image))
    // A wrapped map keeps its own shape; a prediction is one number, spread over the image by the method.
    const isMap = method.of(variant.options as never) !== 'predict'
    const sum = new Float32Array(isMap ? rowOf(results, 0).data.length : one.data.length)
    for (const [index, sample] of samples.entries()) {
      const { data } = rowOf(results, index)
      if (method.fold) method.fold(sum, data, sample, context)
      else for (const at of sum.keys()) sum[at] = Number(sum[at]) + (sample.weight ?? 1) * Number(data[at])
    }
    method.finish?.(sum, context)
    maps.push(tensor(sum, isMap ? [1, ...results.shape.slice(1)] : one.shape))
  }
  return stack(maps)
}
