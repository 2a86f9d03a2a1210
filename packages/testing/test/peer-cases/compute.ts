import {
  backward,
  type Engine,
  type ExplainContext,
  type FloatTensor,
  type OptionSpecs,
  type OptionValues,
  directionInput,
  tensor,
  type Value,
} from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import type { ConvertedModel } from './convert.ts'

let engine: Promise<Engine> | undefined

/** Evaluates named values of a model's graph. */
export async function compute(
  { weights }: ConvertedModel,
  outputs: Readonly<Record<string, Value>>,
  feeds: Readonly<Record<string, FloatTensor>>,
): Promise<Record<string, FloatTensor>> {
  engine ??= openOnnxRuntime()
  const session = await (await engine).open({ outputs }, weights)
  const results = await session.run(feeds)
  await session.dispose()
  return results as Record<string, FloatTensor>
}

/** What a method is given to explain a model with. */
export function contextOf<S extends OptionSpecs>(
  { model }: ConvertedModel,
  options: OptionValues<S>,
): ExplainContext<S> {
  const direction = directionInput(model)
  return {
    model,
    logits: model.logits,
    direction,
    ops: model.graph.ops,
    options,
    backward: (request = {}) => backward({ from: model.logits, start: direction, ...request }),
    noise: () => model.graph.ops.input('noise', model.image.shape),
  }
}

/** One-hot rows `[n, classes]`. */
export function oneHot(targets: readonly number[], classes: number): FloatTensor {
  const direction = tensor(new Float32Array(targets.length * classes), [targets.length, classes])
  for (const [row, target] of targets.entries()) direction.data[row * classes + target] = 1
  return direction
}
