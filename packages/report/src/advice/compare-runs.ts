import { SaliencyError } from '@saliency/core'
import type { StudyRecord, StudySummary } from '../study.ts'
import { type AxisVerdict, verdictsOn } from './axes.ts'

/** A judged run. */
export interface JudgedRun {
  readonly record: StudyRecord
  readonly summary: StudySummary
}

/** One variant on one axis in two runs. */
export interface Difference {
  readonly variant: string
  readonly axis: string
  readonly before: AxisVerdict
  readonly after: AxisVerdict
  /** True where the outcomes differ. */
  readonly changed: boolean
  /** True where the intervals do not touch: more than chance. */
  readonly beyondChance: boolean
}

/** Two runs beside each other. */
export interface RunComparison {
  readonly differences: readonly Difference[]
  /** Variants that only one of the runs has. */
  readonly onlyBefore: readonly string[]
  readonly onlyAfter: readonly string[]
  /** What differs between the runs besides verdicts: model, images, engine, versions. */
  readonly settings: readonly { readonly setting: string; readonly before: string; readonly after: string }[]
}

function apart(a: AxisVerdict, b: AxisVerdict): boolean {
  if (!a.interval || !b.interval) return false
  return a.interval[1] < b.interval[0] || b.interval[1] < a.interval[0]
}

function settingsOf({ identity }: StudyRecord): Record<string, string> {
  const { model, images, engine, seed, versions } = identity
  return {
    model: `${model.name} (${model.sha256.slice(0, 12)})`,
    images: `${images.name}, ${images.count}`,
    engine: `${engine.id} ${engine.version}`,
    seed: String(seed),
    ...versions,
  }
}

/** The checks of both runs must ask the same, or their numbers say nothing about each other. */
function requireSameChecks(before: StudyRecord, after: StudyRecord): void {
  const asked = ({ identity }: StudyRecord) =>
    identity.checks
      .map(({ title, options }) => `${title} ${JSON.stringify(Object.entries(options).sort())}`)
      .sort()
  const [first, second] = [asked(before), asked(after)]
  const lacking = [
    ...first.filter((one) => !second.includes(one)),
    ...second.filter((one) => !first.includes(one)),
  ]
  if (lacking.length === 0) return
  const titles = [...new Set(lacking.map((one) => one.slice(0, one.indexOf(' [')).trim()))]
  throw new SaliencyError(
    'INVALID_RUN',
    `the runs cannot be compared: ${titles.join(', ')} ${titles.length === 1 ? 'is' : 'are'} not in both with equal options. Run both with the same checks.`,
  )
}

/**
 * What changed from one run to another: every variant and axis that both have.
 * @throws INVALID_RUN if their checks or the checks' options differ, or if they share no variant
 */
export function compareRuns(before: JudgedRun, after: JudgedRun): RunComparison {
  requireSameChecks(before.record, after.record)
  const [first, second] = [before, after].map(({ record }) => record.identity.variants.map(({ id }) => id))
  const shared = first!.filter((id) => second!.includes(id))
  if (shared.length === 0)
    throw new SaliencyError('INVALID_RUN', 'the runs cannot be compared: they share no variant.')
  const differences = shared.flatMap((variant) => {
    const others = verdictsOn(variant, after.summary)
    return verdictsOn(variant, before.summary).flatMap((one): Difference[] => {
      const other = others.find(({ check }) => check === one.check)
      if (!other) return []
      const changed = one.outcome !== other.outcome
      return [
        { variant, axis: one.axis, before: one, after: other, changed, beyondChance: apart(one, other) },
      ]
    })
  })
  const [old, fresh] = [settingsOf(before.record), settingsOf(after.record)]
  const settings = [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .map((setting) => ({ setting, before: old[setting] ?? '–', after: fresh[setting] ?? '–' }))
    .filter((one) => one.before !== one.after)
  return {
    differences,
    onlyBefore: first!.filter((id) => !second!.includes(id)),
    onlyAfter: second!.filter((id) => !first!.includes(id)),
    settings,
  }
}
