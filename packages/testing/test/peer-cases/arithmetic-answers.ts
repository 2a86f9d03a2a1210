import { backward, createGraph, createRandom, type Ops, type Value } from '@saliency/core'
import { weightings } from '../../../method-gradcampp/src/weightings.ts'
import { descending, patches, segmentMeans } from '../../../sanity/src/faithfulness/order.ts'
import { areaUnder, removalInputs } from '../../../sanity/src/faithfulness/removal.ts'
import { clippedMaximum } from '../../../sanity/src/similarity/clipped-maximum.ts'
import { cosine } from '../../../sanity/src/similarity/cosine.ts'
import { pearson } from '../../../sanity/src/similarity/pearson.ts'
import { rank } from '../../../sanity/src/similarity/rank.ts'
import { type Similarity, similarity } from '../../../sanity/src/similarity/similarity.ts'
import { spearman } from '../../../sanity/src/similarity/spearman.ts'
import { compareSsim, prepareSsim } from '../../../sanity/src/similarity/ssim.ts'
import { runOnce } from '../../src/index.ts'
import { type ArithmeticCase, flat, type Nested } from './cases.ts'
import { channelsFirst } from './layout.ts'

/** Our numbers for a pure function of given arrays. */
type Answer = (given: ArithmeticCase) => Promise<Nested>

const planeOf = (values: Nested) => {
  const data = Float32Array.from(flat(values))
  const width = typeof values === 'object' && typeof values[0] === 'object' ? values[0].length : data.length
  return { data, width, height: data.length / width }
}

/** Evaluates an expression without inputs. */
async function evaluate(build: (ops: Ops) => Value): Promise<number[]> {
  const { result } = await runOnce({ result: build(createGraph().ops) }, new Map(), {})
  return [...(result?.data ?? [])]
}

function compared<P>(measure: Similarity<P>): Answer {
  return async ({ given: { a, b } }) =>
    similarity(measure, planeOf(a as Nested), planeOf(b as Nested)) ?? Number.NaN
}

/** The given activations and gradients `[1, h, w, k]`, channels first. */
function features({ given }: ArithmeticCase, ops: Ops): { A: Value; g: Value; ops: Ops } {
  const [A, g] = [given['activations'], given['gradients']].map((nested) => {
    const rows = nested as readonly (readonly (readonly (readonly number[])[])[])[]
    const [h, w, k] = [rows[0]!.length, rows[0]![0]!.length, rows[0]![0]![0]!.length]
    return ops.constant([...channelsFirst(flat(rows), [1, h, w, k])], [1, k, h, w])
  }) as [Value, Value]
  return { A, g, ops }
}

const resized =
  (mode: 'linear' | 'nearest', coordinates: 'align_corners' | 'half_pixel' | 'asymmetric'): Answer =>
  ({ given, params }) =>
    evaluate((ops) => {
      const { data, height, width } = planeOf(given['input'] as Nested)
      const image = ops.constant([...data], [1, 1, height, width])
      return ops.resize(image, params['size'] as [number, number], { mode, coordinates })
    })

/** TensorFlow's SAME padding of a pool. */
function samePads(size: number, kernel: number, stride: number): [number, number] {
  const missing = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size)
  return [Math.floor(missing / 2), Math.ceil(missing / 2)]
}

const averagePool: Answer = async ({ given, params }) => {
  const { data, height, width } = planeOf(given['input'] as Nested)
  const kernel = params['poolSize'] as [number, number]
  const strides = params['strides'] as [number, number]
  const [top, bottom] = samePads(height, kernel[0], strides[0])
  const [left, right] = samePads(width, kernel[1], strides[1])
  const { ops } = createGraph()
  const x = ops.input('x', ['n', 1, height, width])
  const forward = ops.averagePool(x, { kernel, strides, pads: [top, left, bottom, right] })
  const upstream = flat(given['upstreamGradient'] as Nested)
  const [, , h, w] = forward.shape
  const seed = ops.add(ops.constant(upstream, [1, 1, Number(h), Number(w)]), ops.mul(forward, 0))
  const inputGradient = backward({ from: forward, start: seed }).at(x)
  const feeds = { x: { dtype: 'float32', shape: [1, 1, height, width], data } } as const
  const results = await runOnce({ forward, inputGradient }, new Map(), feeds)
  return [...(results['forward']?.data ?? []), ...(results['inputGradient']?.data ?? [])]
}

/** Fractions, both curves and both areas, the score being the sum of the pixels. */
const removal: Answer = async ({ given }) => {
  const image = Float32Array.from(flat(given['input'] as Nested))
  const order = Uint32Array.from(given['order'] as number[])
  const steps = given['steps'] as number
  const segments = Uint32Array.from(image.keys())
  const zeros = new Float32Array(image.length)
  const curve = (from: Float32Array, to: Float32Array) =>
    removalInputs({ image: from, substrate: to, segments, order, steps }).map((input) =>
      input.reduce((sum, value) => sum + value, 0),
    )
  const [deletion, insertion] = [curve(image, zeros), curve(zeros, image)]
  const fractions = deletion.map((_, step) => step / steps)
  return [...fractions, ...deletion, ...insertion, areaUnder(deletion), areaUnder(insertion)]
}

/** iNNvestigate's perturbation: regions of a linear model by their mean |gradient|, the mean squared output at each step. */
const regionPerturbation: Answer = async ({ given }) => {
  const weights = Float32Array.from({ length: 16 }, (_, index) => index)
  const { segments, count } = patches(4, 4, 2)
  const order = descending(segmentMeans(weights, segments, count), createRandom('peer-cases'))
  const steps = given['steps'] as number
  const outputs = (given['inputs'] as Nested[]).map((nested) => {
    const image = Float32Array.from(flat(nested))
    const inputs = removalInputs({
      image,
      substrate: new Float32Array(16),
      segments,
      order: order.slice(0, steps),
      count,
      steps,
    })
    return inputs.map((input) =>
      input.reduce((sum, value, index) => sum + value * (weights[index] as number), 0),
    )
  })
  return Array.from(
    { length: steps + 1 },
    (_, step) => outputs.reduce((sum, curve) => sum + (curve[step] as number) ** 2, 0) / outputs.length,
  )
}

/** What we have a function for, by the case's method. */
export const arithmeticAnswers: Readonly<Record<string, Answer>> = {
  'grad-cam.weights': (given) => evaluate((ops) => weightings.mean(features(given, ops))),
  'grad-cam'(given) {
    return evaluate((ops) => {
      const { A, g } = features(given, ops)
      const map = ops.reduceSum(ops.mul(weightings.mean({ A, g, ops }), A), { axes: [1] })
      const kept = given.params['relu'] === false ? map : ops.relu(map)
      return given.params['normalize'] ? ops.div(kept, ops.reduceMax(kept)) : kept
    })
  },
  'grad-cam-plus-plus.weights': (given) =>
    evaluate((ops) => weightings['plus-plus-plain'](features(given, ops))),
  'similarity.spearman': compared(spearman),
  'similarity.pearson': compared(pearson),
  async 'similarity.cosineDistance'(given) {
    return 1 - ((await compared(cosine)(given)) as number)
  },
  async 'similarity.ssim'({ given: { a, b } }) {
    const options = { dataRange: 1 }
    const [first, second] = [
      prepareSsim(planeOf(a as Nested), options),
      prepareSsim(planeOf(b as Nested), options),
    ]
    return compareSsim(first, second, options)
  },
  'normalise.divideByMaxAbs': async ({ given: { a } }) => [
    ...clippedMaximum(Float32Array.from(a as number[]), 1),
  ],
  'stats.rankdataAverage': async ({ given: { a } }) =>
    [...rank(Float32Array.from(a as number[]))].map((each) => each - 1),
  'perturbation.deletionInsertion': removal,
  'perturbation.regionPerturbation': regionPerturbation,
  async 'perturbation.regionRanks'({ given }) {
    const scores = flat(given['regionScores'] as Nested)
    const order = descending(scores, createRandom('peer-cases'))
    return scores.map((_, region) => order.indexOf(region))
  },
  'resize.bilinear-align-corners': resized('linear', 'align_corners'),
  'resize.bilinear-half-pixel': resized('linear', 'half_pixel'),
  'resize.nearest': resized('nearest', 'asymmetric'),
  'op.avgPool2d.same': averagePool,
}

/** The numbers of an answer that has several parts, in the order of ours. */
export function numbersOf(expected: unknown): number[] {
  if (typeof expected === 'number') return [expected]
  if (Array.isArray(expected)) return flat(expected as Nested)
  const parts = expected as Readonly<Record<string, Nested>>
  return Object.values(parts).flatMap((part) => flat(part))
}
