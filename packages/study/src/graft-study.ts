import { graftModel, messageOf } from '@saliency/core'
import { mapGraphs } from '@saliency/explain'
import type { StudyInputs } from './study-inputs.ts'
import type { GraftedStudy } from './study.ts'
import { traceMethods } from './trace-methods.ts'

/**
 * A study's model with a term grafted onto it, and the graphs of its maps.
 * @param size side of the pattern that gives the term
 * @throws UNSUPPORTED_MODEL where nothing can be grafted onto the model
 */
export function graftStudy(inputs: StudyInputs, size: number, perSession: number): GraftedStudy {
  const model = graftModel(inputs.model.model, size)
  const set = traceMethods({ ...inputs, model: { ...inputs.model, model } })
  const failed = set.failures.map(({ variant, error }) => [variant.id, messageOf(error)] as const)
  const outside = (inputs.external ?? []).map(
    ({ record }) => [record.id, 'another program made its maps, and nothing can be grafted there'] as const,
  )
  return { model, maps: mapGraphs(set, 'one-channel', perSession), unable: new Map([...failed, ...outside]) }
}
