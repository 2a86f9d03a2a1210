import { SaliencyError, type Measurement, type Row, type VariantFacts } from '@saliency/core'
import { type ByImage, valuesOf } from '../metrics/by-image.ts'
import { ENOUGH_IMAGES } from '../statistics/verdict.ts'
import { findsFrom, imagesToDecideMean } from '../statistics/unit-power.ts'
import { meanInUnit } from '../statistics/unit-mean.ts'
import { groupRows } from '../verdict/table.ts'

/** What a map's signs are worth. */
export type PolarityOutcome =
  | 'the sign holds'
  | 'the sign does not hold'
  | 'the sign is reversed'
  | 'undecided'
  | 'undefined'

/** Where more of a variant's maps than this have no region of one sign, that sign is not judged. */
const ONE_SIGN = 0.9

function outcomeOf({ low, high }: { low: number; high: number }, threshold: number): PolarityOutcome {
  if (low > threshold) return 'the sign holds'
  if (high < -threshold) return 'the sign is reversed'
  return high < threshold ? 'the sign does not hold' : 'undecided'
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
  const hasBothSigns = both.size > (1 - ONE_SIGN) * images
  const agreements = hasBothSigns ? both : positive
  const base = {
    variant: id,
    metric: 'polarity',
    images: agreements.size,
    undefinedCount: images - agreements.size,
  }
  if (agreements.size < (1 - ONE_SIGN) * images || agreements.size < 2)
    return { finding: { ...base, value: null, outcome: 'undefined' }, agreements, hasBothSigns }
  const { mean, low, high } = meanInUnit([...agreements.values()])
  const interval = [2 * low - 1, 2 * high - 1] as const
  const chance = [...valuesOf(rows, 'shuffled-agreement').values()]
  const outcome = outcomeOf({ low: interval[0], high: interval[1] }, threshold)
  const values = [...agreements.values()]
  const finds = findsFrom(values, (1 + threshold) / 2)
  const needed = outcome === 'undecided' ? imagesToDecideMean(values, (1 + threshold) / 2) : undefined
  const notes = [
    ...(images < ENOUGH_IMAGES ? ['preliminary'] : []),
    ...(needed === undefined ? [] : [`about ${needed} images would decide`]),
    ...(hasBothSigns ? [] : ['no negative regions: not comparable there, judged on the positive ones']),
  ]
  const finding: Measurement = {
    ...base,
    value: 2 * mean - 1,
    interval,
    outcome,
    notes,
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
  const shared = [...own.agreements].flatMap(([image, value]) => {
    const beside = other.agreements.get(image)
    return beside === undefined ? [] : [value - beside]
  })
  const counts = { images: shared.length, undefinedCount: own.agreements.size - shared.length }
  if (own.hasBothSigns !== other.hasBothSigns || shared.length < 2)
    return { ...base, ...counts, value: null, outcome: 'not comparable', details }
  const { mean, low, high } = meanInUnit(shared.map((difference) => (difference + 1) / 2))
  const toDifference = (value: number) => 2 * (2 * value - 1)
  return {
    ...base,
    ...counts,
    value: toDifference(mean),
    interval: [toDifference(low), toDifference(high)],
    details,
  }
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
