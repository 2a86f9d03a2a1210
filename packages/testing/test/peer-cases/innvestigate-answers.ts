import { type FloatTensor, type Method, type Options, resolveVariant, trace } from '@saliency/core'
import { baseline } from '../../../method-baseline/src/baseline.ts'
import { integratedGradients } from '../../../method-baseline/src/integrated-gradients.ts'
import { guided } from '../../../method-guided/src/guided.ts'
import { lrp } from '../../../method-lrp/src/index.ts'
import { explainWith } from '../../src/index.ts'
import { imageOf } from './answer.ts'
import { flat, type LayerReference, type Nested, type PeerLayer } from './cases.ts'
import { compute, oneHot } from './compute.ts'
import { convertModel, type ConvertedModel } from './convert.ts'
import { channelsLast } from './layout.ts'

type One = LayerReference['layers'][string]

/** What iNNvestigate's analyser is in our terms: a method and its options. */
interface Translation {
  readonly method: Method
  readonly options: Options
}

/** iNNvestigate adds 1e-7 only where a denominator is exactly zero. */
const safe = { denominators: 'zero-only', epsilon: 1e-7, stabilizer: 1e-7, start: 'logit' } as const
const asLrp = (rules: string, options: Options = {}): Translation => ({
  method: lrp as unknown as Method,
  options: { ...safe, rules, ...options },
})
const other = (method: unknown, options: Options): Translation => ({ method: method as Method, options })

/** The rule of the sequential presets: by the kind of layer. */
const preset = (alpha: number, beta: number, isFlat: boolean) => (isDense: boolean) =>
  asLrp(
    isFlat ? '*=flat' : isDense ? '*=epsilon(0.1)' : `*=innvestigate-alpha-beta(${alpha}, ${beta})`,
    // Only the epsilon rule adds its ε everywhere.
    isDense && !isFlat ? { denominators: 'signed' } : {},
  )

/** Every analyser but SmoothGrad, which is random. */
export const translations: Readonly<Record<string, Translation | ((isDense: boolean) => Translation)>> = {
  Gradient: other(guided, { relu: 'gradient' }),
  InputTimesGradient: other(baseline, { map: 'input-x-gradient' }),
  Deconvnet: other(guided, { relu: 'deconvnet' }),
  GuidedBackprop: other(guided, { relu: 'guided' }),
  IntegratedGradients: other(integratedGradients, { steps: 64, scheme: 'inclusive' }),
  LRPZ: asLrp('*=epsilon'),
  LRPZIgnoreBias: asLrp('*=epsilon(no-bias)'),
  LRPEpsilon: asLrp('*=epsilon', { denominators: 'signed' }),
  LRPEpsilonIgnoreBias: asLrp('*=epsilon(no-bias)', { denominators: 'signed' }),
  LRPWSquare: asLrp('*=w-square'),
  LRPFlat: asLrp('*=flat'),
  LRPAlpha1Beta0: asLrp('*=innvestigate-alpha-beta(1, 0)'),
  LRPAlpha1Beta0IgnoreBias: asLrp('*=innvestigate-alpha-beta(1, 0, no-bias)'),
  LRPAlpha2Beta1: asLrp('*=innvestigate-alpha-beta(2, 1)'),
  LRPAlpha2Beta1IgnoreBias: asLrp('*=innvestigate-alpha-beta(2, 1, no-bias)'),
  LRPZPlus: asLrp('*=z-plus(no-bias)'),
  LRPZPlusFast: asLrp('*=z-plus-fast'),
  LRPZ_Flat_input_layer_rule: asLrp('first=flat; *=epsilon'),
  LRPZ_boxed_input_layer_rule: asLrp('first=box; *=epsilon', { low: '-10', high: '10' }),
  LRPSequentialPresetA: preset(1, 0, false),
  LRPSequentialPresetAFlat: preset(1, 0, true),
  LRPSequentialPresetB: preset(2, 1, false),
  LRPSequentialPresetBFlat: preset(2, 1, true),
  DeepTaylor: asLrp('*=z-plus(no-bias); pool=gradient'),
  BoundedDeepTaylor: asLrp('first=box; *=z-plus(no-bias); pool=gradient', { low: '-128', high: '128' }),
}

/** A dense layer applies to the last axis, as a 1×1 convolution does. */
function asConvolution(layer: One['layer']): One['layer'] {
  if (layer.type !== 'dense') return layer
  return { ...layer, type: 'conv2d', kernel: [[layer.kernel as Nested]], padding: 'valid' }
}

function modelOf({ layer, relu }: One, shape: readonly number[]): ConvertedModel {
  const layers: PeerLayer[] = [{ ...asConvolution(layer), name: 'layer', inputs: ['input'] }]
  if (relu) layers.push({ name: 'relu', type: 'relu', inputs: ['layer'] })
  layers.push({ name: 'flatten', type: 'flatten', inputs: [relu ? 'relu' : 'layer'] })
  return convertModel('one-layer', { layers, output: 'flatten', inputs: { input: shape.slice(1) } })
}

/** Our map for one analyser and one layer, channels last. */
export async function innvestigateAnswer(
  { analyzer, input }: LayerReference,
  one: One,
): Promise<readonly number[]> {
  const found = translations[analyzer]
  if (!found) throw new Error(`internal: no translation of ${analyzer}`)
  const { method, options } = typeof found === 'function' ? found(one.layer.type === 'dense') : found
  const converted = modelOf(one, input.shape)
  const image = imageOf(input.shape, flat(input.data))
  const classes = Number(converted.model.logits.shape[1])
  const direction = oneHot(one.neuron, classes)
  // Relevance, and the signal of guided backprop and deconvnet, start at the neuron's value.
  if (analyzer === 'GuidedBackprop' || analyzer === 'Deconvnet') {
    for (const [row, at] of one.neuron.entries())
      direction.data[row * classes + at] = one.neuronValue[row] as number
  }
  const map = await explain(converted, method, options, image, direction)
  return channelsLast(map.data, map.shape)
}

async function explain(
  converted: ConvertedModel,
  method: Method,
  options: Options,
  image: FloatTensor,
  direction: FloatTensor,
): Promise<FloatTensor> {
  const { model, weights } = converted
  if (method.kind === 'sampling') {
    const [variant = ''] = Object.keys(method.variants)
    const methods = [guided as unknown as Method]
    const request = {
      model,
      weights,
      method,
      variants: [variant],
      options,
      inputs: image,
      direction,
      methods,
    }
    return (await explainWith(request)).get(variant) as FloatTensor
  }
  const { traced, failures } = trace({ model, variants: [resolveVariant(method, undefined, options)] })
  if (failures[0]) throw failures[0].error
  const { map } = await compute(converted, { map: traced[0]?.map ?? model.image }, { image, direction })
  return map as FloatTensor
}
