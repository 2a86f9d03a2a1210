import { SaliencyError } from '@saliency/core'
import { type ClassTerm, classTerms } from '@saliency/explain'
import type { StudyTarget } from '@saliency/study'
import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { readDirection } from '../explain/direction.ts'
import type { RunnerModel } from '../models.ts'

/** A sum of classes by their indices. */
const asText = (terms: readonly ClassTerm[]) =>
  terms.map(({ sign, of }, at) => `${at === 0 ? '' : sign > 0 ? '+' : '-'}${of}`).join('')

/**
 * What a configuration has a study explain instead of the predicted class, if anything.
 * @throws INVALID_CONFIG where it names two things; INVALID_INPUT, FILE where it names what is not there
 */
export function studyTarget(
  { target, direction }: Pick<Config, 'target' | 'direction'>,
  { model, classes }: RunnerModel,
  root: string,
): StudyTarget | undefined {
  if (target !== undefined && direction !== undefined)
    throw new SaliencyError('INVALID_CONFIG', 'target and direction: give one of them.')
  if (direction !== undefined) {
    const { name, values } = readDirection(resolve(root, direction), model)
    return { name, of: values }
  }
  if (target === undefined) return undefined
  const name = asText(
    classTerms(target, { names: classes, count: Number(model.logits.shape[1]) }, 'target', 'either'),
  )
  return name === 'predicted' ? undefined : { name, of: name }
}
