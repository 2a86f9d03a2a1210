import type { Options, Weights } from '@saliency/core'
import type { VariantSet } from '@saliency/explain'
import { variantRecords } from './facts.ts'
import type { StudyTarget } from './explained.ts'
import { weightsHash } from './fingerprint.ts'
import type { SelectedCheck } from './select-checks.ts'
import type { CheckRecord, Identity } from './store/study-record.ts'
import type { Machine, StudyInputs } from './study-inputs.ts'

function checkRecord({ check, options }: SelectedCheck, origins: StudyInputs['origins']): CheckRecord {
  const origin = origins?.get(check)
  const { id, title, references } = check
  return {
    id,
    title,
    references,
    options: options as Options,
    package: origin?.package ?? '',
    version: origin?.version ?? '',
  }
}

const targetRecord = ({ name, of }: StudyTarget): NonNullable<Identity['target']> => ({
  name,
  ...(of instanceof Float32Array && { values: Array.from(of) }),
})

/** Everything that changes a number of a study. */
export function identityOf(
  { model, images, engine, origins, target, external = [], seed = 1, versions = {} }: StudyInputs,
  twin: Weights | undefined,
  set: VariantSet,
  checks: readonly SelectedCheck[],
  sizes: { batchSize: number; perSession: number },
  { count, sha256 }: { count: number; sha256: string },
  machine: Machine,
): Identity {
  return {
    model: {
      name: model.model.name,
      sha256: weightsHash(model.weights, machine.sha256),
      ...(model.output !== undefined && { output: model.output }),
      ...(twin && { twin: weightsHash(twin, machine.sha256) }),
    },
    preprocess: model.preprocess,
    images: { name: images.name, count, sha256 },
    variants: [...variantRecords(set.variants, origins), ...external.map(({ record }) => record)],
    checks: checks.map((one) => checkRecord(one, origins)),
    seed,
    ...(target && { target: targetRecord(target) }),
    engine: { id: engine.id, version: engine.version },
    ...sizes,
    versions,
  }
}
