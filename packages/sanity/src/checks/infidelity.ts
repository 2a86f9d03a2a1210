import {
  defineCheck,
  type Check,
  type Condition,
  type GroupMaps,
  type ImageGroup,
  type OptionSpecs,
} from '@saliency/core'
import { original } from '../original.ts'
import { classScores } from '../faithfulness/predictions.ts'
import { allUndefined, noValue, rowsOfImage, type Measurements } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'
import { whyUndefined } from '../similarity/plane.ts'
import { resizePlane } from '../similarity/upsample.ts'

const options = {
  level: {
    type: 'number',
    default: 0.2,
    minimum: 0,
    description:
      'Standard deviation of the perturbation I, in units of the preprocessed input; .2 in Yeh et al.',
  },
  samples: {
    type: 'integer',
    default: 50,
    minimum: 2,
    maximum: 1000,
    description: 'Perturbations per image.',
  },
} as const satisfies OptionSpecs

const full: Condition = { ...original, id: 'original-full', map: 'full' }
const metrics = ['infidelity', 'infidelity-scaled']

/** The map of image `i` as `[c, h, w]`; a one-channel map counts for every channel. */
function fullMap(
  { data, shape }: GroupMaps,
  i: number,
  [channels, height, width]: ImageGroup['shape'],
): Float32Array {
  const [, own, h, w] = shape
  const result = new Float32Array(channels * height * width)
  for (let c = 0; c < channels; c++) {
    const start = (i * own + (own === channels ? c : 0)) * h * w
    const plane = { data: data.subarray(start, start + h * w), height: h, width: w }
    result.set(resizePlane(plane, height, width).data, c * height * width)
  }
  return result
}

/** E[(I·Φ − drop)²], as it is and with the factor of Φ that makes it smallest. */
function infidelityOf(products: Float64Array, drops: Float64Array): Measurements {
  const sum = (value: (i: number) => number) => products.reduce((total, _, i) => total + value(i), 0)
  const mean = (beta: number) => sum((i) => (beta * products[i]! - drops[i]!) ** 2) / products.length
  const squares = sum((i) => products[i]! ** 2)
  const beta = sum((i) => products[i]! * drops[i]!) / squares
  return {
    infidelity: mean(1),
    'infidelity-scaled': squares > 0 ? mean(beta) : noValue('the map is orthogonal to every perturbation'),
  }
}

/** Infidelity (Yeh et al. 2019) under normal noise; Φ stands for a gradient, so it is multiplied with I as it is. */
export const infidelity: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'infidelity',
  title: 'Infidelity',
  references: [
    'Yeh et al. 2019, On the (In)fidelity and Sensitivity of Explanations, definition 1, arXiv:1901.09392',
  ],
  better: { 'infidelity-scaled': 'lower' },
  options,
  conditions: () => [full],
  async score({ variant, group, maps, predict, rng, options: { level, samples } }) {
    const result = await maps(full)
    const protocol = {
      perturbation: 'normal noise',
      level,
      samples,
      multiplier: 'map as it is',
      target: 'original prediction',
    }
    const measure = async (i: number): Promise<Measurements> => {
      const map = fullMap(result, i, group.shape)
      const why = whyUndefined(map)
      if (why) return allUndefined(metrics, `the map is ${why}`)
      const { input, id } = group.images[i]!
      const random = rng('infidelity', id)
      const inputs = [input]
      const products = new Float64Array(samples)
      for (let sample = 0; sample < samples; sample++) {
        const perturbation = input.map(() => level * random.normal())
        products[sample] = perturbation.reduce((sum, value, at) => sum + value * map[at]!, 0)
        inputs.push(input.map((value, at) => value - perturbation[at]!))
      }
      const { logits } = await classScores(predict, inputs, result.targets[i]!)
      return infidelityOf(
        products,
        logits.slice(1).map((value) => logits[0]! - value),
      )
    }
    const rows = []
    for (const [i, image] of group.images.entries()) {
      rows.push(...rowsOfImage({ variant, condition: full.id, protocol }, image, await measure(i)))
    }
    return rows
  },
  ...meansByVariant([
    'Infidelity depends on the scale of the map; "scaled" takes the best factor per image. Lower is better.',
  ]),
})
