import {
  type Engine,
  type FloatTensor,
  formatShape,
  type Layer,
  type LoadedModel,
  SaliencyError,
} from '@saliency/core'
import { batchOf } from './batch.ts'

const isFinite = ({ data }: FloatTensor) => data.every((value) => Number.isFinite(value))

/** The first layer, in execution order, with an output that is no finite number for one image `[1, c, h, w]`. */
async function firstNotFinite(
  { model, weights }: LoadedModel,
  engine: Engine,
  image: FloatTensor,
): Promise<Layer | undefined> {
  const outputs = Object.fromEntries(model.layers.map(({ output }, index) => [`${index}`, output]))
  const session = await engine.open({ outputs }, weights)
  const results = await session.run({ image }).finally(() => session.dispose())
  return model.layers.find((_, index) => !isFinite(results[`${index}`] as FloatTensor))
}

/**
 * Refuses a model whose logits for these images are no finite numbers, with the first layer where that is so.
 * @param images `[n, c, h, w]`
 * @param logits `[n, k]`, of these images
 * @throws INVALID_MODEL
 */
export async function assertFiniteLogits(
  loaded: LoadedModel,
  engine: Engine,
  images: FloatTensor,
  logits: FloatTensor,
): Promise<void> {
  const at = logits.data.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return
  const row = Math.floor(at / Number(logits.shape[1]))
  const layer = await firstNotFinite(loaded, engine, batchOf(images, row, 1))
  const where = layer
    ? `The first layer whose output is not finite is '${layer.name}' (${layer.kind}, ${formatShape(layer.output.shape)})`
    : 'Every layer is finite, and the logits are not'
  throw new SaliencyError(
    'INVALID_MODEL',
    `${loaded.model.name} returns ${logits.data[at]} for an image. ${where}: its weights hold values that are no numbers, or what it reads ` +
      'is too large. Check the weights and the preprocessing.',
  )
}
