import type { FloatTensor, OptionSpecs, Options, OptionValues, Value } from '@saliency/core'
import { resolveVariant, tensor, type GraphMethod } from '@saliency/core'
import { flat, type PeerCase, peerCases } from './cases.ts'
import { compute, contextOf, oneHot } from './compute.ts'
import { convertModel, type ConvertedModel } from './convert.ts'
import { channelsFirst, channelsLast } from './layout.ts'

/** A case with its model in the graph and its input in our order of axes. */
export interface Question {
  readonly peer: PeerCase
  readonly converted: ConvertedModel
  readonly image: FloatTensor
  readonly direction: FloatTensor
}

/** Our numbers in the case's layout. */
export type Answer = (question: Question) => Promise<readonly number[]>

/** A peer's input as `[n, c, h, w]`; vectors `[n, k]` become `[n, 1, 1, k]`. */
export function imageOf(shape: readonly number[], data: readonly number[]): FloatTensor {
  const [n, h, w, c] = shape as [number, number, number, number]
  return shape.length === 2
    ? tensor(Float32Array.from(data), [n, 1, 1, h])
    : tensor(channelsFirst(data, shape), [n, c, h, w])
}

/** Sets a case up for our side. */
export function questionOf(peer: PeerCase): Question {
  const source = peerCases.inputs[peer.input]
  const model = peerCases.models[peer.model]
  if (!source || !model) throw new Error(`internal: ${peer.id} names an unknown model or input`)
  const converted = convertModel(peer.model, model)
  const image = imageOf(source.shape, flat(source.data))
  const classes = Number(converted.model.logits.shape[1])
  const targets = peer.targets ?? Array.from({ length: image.shape[0] as number }, () => 0)
  return { peer, converted, image, direction: oneHot(targets, classes) }
}

/** Evaluates one value and returns it in the case's layout. */
export async function evaluate(question: Question, value: Value): Promise<readonly number[]> {
  const { converted, image, direction } = question
  const { result } = await compute(converted, { result: value }, { image, direction })
  if (!result) throw new Error('internal: nothing was computed')
  return result.shape.length === 4 && question.peer.layout === 'NHWC'
    ? channelsLast(result.data, result.shape)
    : [...result.data]
}

/** The value that the case's layer returns. */
export function layerOf({ peer, converted }: Question): Value {
  const value = converted.outputs.get(peer.layer ?? '')
  if (!value) throw new Error(`internal: ${peer.id} names the unknown layer '${peer.layer}'`)
  return value
}

/** A context with a method's options, defaults filled in and checked. */
export function contextFor<S extends OptionSpecs>(
  { converted }: Question,
  method: GraphMethod<S>,
  options: Options,
): ReturnType<typeof contextOf<S>> {
  const resolved = resolveVariant(method as unknown as GraphMethod, undefined, options)
  return contextOf(converted, resolved.options as OptionValues<S>)
}

/** The map of a graph method with the given options. */
export function mapOf<S extends OptionSpecs>(
  question: Question,
  method: GraphMethod<S>,
  options: Options,
): Promise<readonly number[]> {
  return evaluate(question, method.explain(contextFor(question, method, options)))
}
