import type { Method, Options } from '@saliency/core'
import { baseline } from '../../../method-baseline/src/baseline.ts'
import { integratedGradients } from '../../../method-baseline/src/integrated-gradients.ts'
import { occlusion } from '../../../method-baseline/src/occlusion.ts'
import { guided } from '../../../method-guided/src/guided.ts'
import { rectgrad } from '../../../method-rectgrad/src/rectgrad.ts'
import { explainWith } from '../../src/index.ts'
import { type Answer, contextFor, evaluate, layerOf, mapOf, type Question } from './answer.ts'
import { channelsLast } from './layout.ts'

/** The map of a method that samples, over all its samples. */
async function sampled(question: Question, method: Method, options: Options): Promise<readonly number[]> {
  const { converted, image, direction } = question
  const [variant = ''] = Object.keys(method.variants)
  const { model, weights } = converted
  const methods = [guided] as unknown as Method[]
  const maps = await explainWith({
    model,
    weights,
    method,
    variants: [variant],
    options,
    inputs: image,
    direction,
    methods,
  })
  const found = maps.get(variant)
  if (!found) throw new Error('internal: the variant gave no map')
  return question.peer.layout === 'NHWC' ? channelsLast(found.data, found.shape) : [...found.data]
}

/** Captum's names of the quadratures. */
const schemes: Readonly<Record<string, string>> = {
  riemann_right: 'riemann-right',
  riemann_trapezoid: 'captum-trapezoid',
  gausslegendre: 'gauss-legendre',
}

/** Our numbers for gradients, the ReLU-backward family, RectGrad and what is sampled. */
export const gradientAnswers: Readonly<Record<string, Answer>> = {
  forward: (question) => evaluate(question, question.converted.model.logits),
  gradient: (question) => mapOf(question, guided, { relu: 'gradient' }),
  async 'gradient.abs'(question) {
    return (await mapOf(question, guided, { relu: 'gradient' })).map(Math.abs)
  },
  inputXGradient: (question) => mapOf(question, baseline, { map: 'input-x-gradient' }),
  'guided-backprop': (question) => mapOf(question, guided, { relu: 'guided' }),
  deconvnet: (question) => mapOf(question, guided, { relu: 'deconvnet' }),
  layerGradientXActivation(question) {
    const { ops, backward } = contextFor(question, guided, {})
    const layer = layerOf(question)
    return evaluate(question, ops.mul(layer, backward({ until: layer }).at(layer)))
  },
  rectgrad(question) {
    const { q, percentile, paddingTrick } = question.peer.params as {
      q: number
      percentile?: string
      paddingTrick?: boolean
    }
    return mapOf(question, rectgrad, {
      percentile: q,
      inputProduct: true,
      interpolation: percentile === 'linear' ? 'linear' : 'nearest',
      borderTrick: paddingTrick ? 'every' : 'none',
    })
  },
  integratedGradients(question) {
    const { steps, rule } = question.peer.params as { steps: number; rule?: string }
    const scheme = rule === undefined ? 'riemann-middle' : (schemes[rule] as string)
    return sampled(question, integratedGradients as unknown as Method, { steps, scheme })
  },
  occlusion(question) {
    const {
      window,
      stride,
      baseline: fill,
    } = question.peer.params as {
      window: [number]
      stride: [number]
      baseline: number
    }
    return sampled(question, occlusion as unknown as Method, { size: window[0], stride: stride[0], fill })
  },
}
