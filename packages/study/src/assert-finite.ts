import { assertFiniteLogits, openPredictor } from '@saliency/explain'
import { requireImages, groupTensor } from './image-groups.ts'
import type { Study } from './study.ts'

/**
 * Refuses a study of a model whose logits on the first images are no finite numbers: none of its rows would be defined.
 * @throws INVALID_MODEL naming the first layer where that is so.
 */
export async function assertFinite({ engine, loaded, images, batchSize }: Study): Promise<void> {
  const inputs = groupTensor(await requireImages(images))
  const predictor = await openPredictor(engine, loaded.model, loaded.weights, batchSize)
  const logits = await predictor.logits(inputs).finally(() => predictor.dispose())
  await assertFiniteLogits(loaded, engine, inputs, logits)
}
