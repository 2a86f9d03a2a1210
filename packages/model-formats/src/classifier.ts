import { asTwoClasses, isOneLogit, type Model, SaliencyError } from '@saliency/core'
import type { SourceInput } from './imported-model.ts'
import { ownPixelRange } from './pixel-scale.ts'
import { parsePreprocess, type Preprocess } from './preprocess.ts'

/**
 * What is assumed where nothing says how a model wants its images: whoever uses it must say so.
 * @param input the file's input, where the model was read from one
 */
export function assumedPreprocess(model: Model, input?: Pick<SourceInput, 'holds'>): Preprocess {
  const [, count, height, width] = model.image.shape
  const channels = count === 1 ? 'grey' : count === 3 ? 'RGB' : count
  return parsePreprocess({ input: { height, width, channels, range: ownPixelRange(model, input) ?? [0, 1] } })
}

/**
 * A model with its class names. Two names make a single logit a classifier of two classes, where the file ends before the
 * sigmoid; one name is that of class 1 of such a classifier.
 * @param where what is described, for the message of an error
 * @throws INVALID_CONFIG where there are as many names as the model has no classes
 */
export function withClasses(
  imported: Model,
  given: readonly string[] | undefined,
  where: string,
): { model: Model; classes?: readonly string[] } {
  if (!given) return { model: imported }
  const model = given.length === 2 ? asTwoClasses(imported) : imported
  const count = Number(model.logits.shape[1])
  const [only] = given
  const classes = given.length === 1 && isOneLogit(model) && count === 2 ? [`not ${only}`, `${only}`] : given
  if (classes.length === count) return { model, classes }
  throw new SaliencyError(
    'INVALID_CONFIG',
    `The preprocessing of ${where} names ${given.length} classes, but the model has ${count}: correct it.`,
  )
}
