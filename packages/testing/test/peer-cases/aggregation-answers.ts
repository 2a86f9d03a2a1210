import { type Options, directionInput, type Value } from '@saliency/core'
import { observeBiases, type Bias } from '../../../method-fullgrad/src/biases.ts'
import { contributions } from '../../../method-fullgrad/src/contributions.ts'
import { fullgrad } from '../../../method-fullgrad/src/fullgrad.ts'
import { gradcampp } from '../../../method-gradcampp/src/gradcampp.ts'
import { type WeightingName, weightings } from '../../../method-gradcampp/src/weightings.ts'
import { guidedGradcam, type guidedGradcamOptions } from '../../../method-guided/src/guided-gradcam.ts'
import { guided } from '../../../method-guided/src/guided.ts'
import { type Answer, contextFor, evaluate, layerOf, mapOf, type Question } from './answer.ts'
import { contextOf } from './compute.ts'

/** A at the case's layer, its gradient, and one weighting's w. */
function weighted(question: Question, name: WeightingName): { A: Value; w: Value } {
  const { ops, backward } = contextFor(question, gradcampp, {})
  const A = layerOf(question)
  const g = backward({ until: A }).at(A)
  return { A, w: weightings[name]({ A, g, ops }) }
}

/** Which of our forms of Grad-CAM++ a case describes. */
function plusPlus({ peer }: Question): WeightingName {
  const { eps, denominator, gradients } = peer.params as Readonly<Record<string, unknown>>
  const isStabilised = eps === undefined && !/g\^3( with g = dS\/dA)?$/.test(String(denominator ?? ''))
  if (isStabilised) return 'plus-plus-unnormalised'
  const handling = { signed: '-signed', negative: '-negative', abs: '-absolute' }[gradients as string] ?? ''
  return `plus-plus-plain${handling}` as WeightingName
}

/** A class activation map at the case's layer; the image is no layer, so the formula is applied to it directly. */
function cam(question: Question, weights: WeightingName): Promise<readonly number[]> {
  const { peer, converted } = question
  const finalRelu = peer.params['relu'] !== false
  if (converted.model.layers.some(({ name }) => name === peer.layer)) {
    return mapOf(question, gradcampp, { weights, finalRelu, layer: peer.layer as string })
  }
  const { ops } = converted.model.graph
  const { A, w } = weighted(question, weights)
  const sum = ops.reduceSum(ops.mul(A, w), { axes: [1] })
  return evaluate(question, finalRelu ? ops.relu(sum) : sum)
}

/** All contributions of FullGrad summed, `[n]`. */
function total(
  question: Question,
  options: Options,
  keep: (value: Value) => Value,
): Promise<readonly number[]> {
  const { ops } = question.converted.model.graph
  const terms = contributions(contextFor(question, fullgrad, options)).map(({ value }) =>
    ops.reduceSum(keep(value), { axes: value.shape.map((_, axis) => axis).slice(1), keepdims: false }),
  )
  return evaluate(
    question,
    terms.reduce((a, b) => ops.add(a, b)),
  )
}

/** Our numbers for class activation maps and FullGrad. */
export const aggregationAnswers: Readonly<Record<string, Answer>> = {
  'grad-cam': (question) => cam(question, 'mean'),
  'grad-cam.positive': (question) => cam(question, 'positive-pixel'),
  'grad-cam.absolute': (question) => cam(question, 'absolute'),
  'grad-cam.perChannel'(question) {
    const { A, w } = weighted(question, 'mean')
    return evaluate(question, question.converted.model.graph.ops.mul(A, w))
  },
  'grad-cam-plus-plus': (question) => cam(question, plusPlus(question)),
  'grad-cam-plus-plus.weights'(question) {
    const { w } = weighted(question, plusPlus(question))
    if (question.peer.params['score'] !== 'exp(logit)') return evaluate(question, w)
    // exp(S), which all weights of an image have in common, is left out of ours: it overflows.
    const { model } = question.converted
    const { ops } = model.graph
    const score = ops.reduceSum(ops.mul(model.logits, directionInput(model)), { axes: [1] })
    return evaluate(question, ops.mul(w, ops.reshape(ops.exp(score), ['n', 1, 1, 1])))
  },
  'guided-grad-cam'(question) {
    const context = contextOf<typeof guidedGradcamOptions>(question.converted, {
      fine: 'guided',
      upsampling: 'nearest',
    })
    const fine = guided.explain(contextFor(question, guided, { relu: 'guided' }))
    const coarse = gradcampp.explain(
      contextFor(question, gradcampp, { layer: question.peer.layer as string }),
    )
    return evaluate(question, guidedGradcam.combine(context, [fine, coarse]))
  },
  fullgrad: (question) => mapOf(question, fullgrad, {}),
  'fullgrad.completenessSum': (question) => total(question, {}, (value) => value),
  'fullgrad.total'(question) {
    const { ops } = question.converted.model.graph
    const { gradients } = question.peer.params
    if (gradients === 'absolute') return total(question, {}, (value) => ops.abs(value))
    const gradient = gradients === 'signed' ? 'signed' : 'positive'
    return total(question, { gradient }, (value) => value)
  },
  'fullgrad.biasGradient'(question) {
    const { backward } = contextFor(question, fullgrad, {})
    const found: Bias[] = []
    const signals = backward({ rules: observeBiases(found) })
    const { output, times } = found.find((each) => each.output === layerOf(question)) as Bias
    return evaluate(question, times(signals.at(output)))
  },
}
