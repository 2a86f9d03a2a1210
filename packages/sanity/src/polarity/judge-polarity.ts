import { SaliencyError, type Measurement, type Row, type VariantFacts } from '@saliency/core'
import { type ByImage, valuesOf } from '../metrics/by-image.ts'
import {
  ENOUGH_VALUES,
  limitsOf,
  meanDifference,
  pairedDifferences,
  type UnitVerdict,
  unitVerdict,
} from '../statistics/unit-verdict.ts'
import { groupRows } from '../verdict/table.ts'

/** What a map's signs are worth. */
export type PolarityOutcome =
  | 'the sign holds'
  | 'the sign does not hold'
  | 'the sign is reversed'
  | 'undecided'
  | 'undefined'

function outcomeOf({ side, high }: UnitVerdict, threshold: number): PolarityOutcome {
  if (side === 'above') return 'the sign holds'
  if (high < (1 - threshold) / 2) return 'the sign is reversed'
  return side === 'below' ? 'the sign does not hold' : 'undecided'
}

interface Judged {
  readonly finding: Measurement
  readonly agreements: ByImage
  readonly hasBothSigns: boolean
}

/** Judges the signs of one variant's maps from its rows. */
function judgeVariant({ id }: VariantFacts, rows: readonly Row[], threshold: number): Judged {
  const images = new Set(rows.map(({ image }) => image)).size
  const both = valuesOf(rows, 'sign-agreement')
  const positive = valuesOf(rows, 'positive-agreement')
  // Where nearly all maps have no region of one sign, that sign is not judged.
  const hasBothSigns = both.size > (1 - ENOUGH_VALUES) * images
  const agreements = hasBothSigns ? both : positive
  const base = {
    variant: id,
    metric: 'polarity',
    images: agreements.size,
    undefinedCount: images - agreements.size,
  }
  if (agreements.size < (1 - ENOUGH_VALUES) * images || agreements.size < 2)
    return { finding: { ...base, value: null, outcome: 'undefined' }, agreements, hasBothSigns }
  const verdict = unitVerdict([...agreements.values()], (1 + threshold) / 2)
  const { mean, low, high, finds, needs } = verdict
  const chance = [...valuesOf(rows, 'shuffled-agreement').values()]
  const finding: Measurement = {
    ...base,
    value: 2 * mean - 1,
    interval: [2 * low - 1, 2 * high - 1],
    outcome: outcomeOf(verdict, threshold),
    notes: [
      ...limitsOf(images, needs),
      ...(hasBothSigns ? [] : ['no negative regions: not comparable there, judged on the positive ones']),
    ],
    details: {
      findsFrom: finds === undefined ? null : 2 * finds - 1,
      shuffled: chance.length > 0 ? 2 * (chance.reduce((a, b) => a + b, 0) / chance.length) - 1 : null,
    },
  }
  return { finding, agreements, hasBothSigns }
}

/** How much better a variant's signs agree than its counterpart's, on the images that both are judged on. */
function againstCounterpart(facts: VariantFacts, own: Judged, other: Judged): Measurement {
  const base = { variant: facts.id, metric: 'polarity-less-counterpart' }
  const details = { counterpart: facts.counterpart ?? null }
  const shared = pairedDifferences(own.agreements, other.agreements)
  const counts = { images: shared.length, undefinedCount: own.agreements.size - shared.length }
  if (own.hasBothSigns !== other.hasBothSigns || shared.length < 2)
    return { ...base, ...counts, value: null, outcome: 'not comparable', details }
  // From agreements in [0, 1] to polarity in [−1, 1].
  const { value, interval } = meanDifference(shared)
  const [low, high] = interval!
  return { ...base, ...counts, value: 2 * value!, interval: [2 * low, 2 * high], details }
}

/**
 * Findings of the polarity axis: 0 is what signs thrown by a coin reach, 1 is a logit that always moves as the sign says.
 * @throws INVALID_OPTION if the threshold lies outside [0, 1]
 */
export function judgePolarity(
  rows: readonly Row[],
  facts: readonly VariantFacts[],
  threshold: number,
): Measurement[] {
  if (!(threshold >= 0 && threshold <= 1))
    throw new SaliencyError(
      'INVALID_OPTION',
      `threshold ${threshold}: a threshold lies in [0, 1], the default is .5`,
    )
  const byVariant = groupRows(rows, (row) => row.variant)
  const judged = new Map(
    facts.flatMap((one) => {
      const own = byVariant.get(one.id)
      return own ? [[one.id, judgeVariant(one, own, threshold)] as const] : []
    }),
  )
  return facts.flatMap((one) => {
    const own = judged.get(one.id)
    if (!own) return []
    const other = judged.get(one.counterpart ?? '')
    return other ? [own.finding, againstCounterpart(one, own, other)] : [own.finding]
  })
}
