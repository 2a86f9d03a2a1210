import type { Measurement, Row, VariantFacts } from '@saliency/core'
import { type ByImage, valuesOf } from '../metrics/by-image.ts'
import { findsFrom, imagesToDecideMean } from '../statistics/unit-power.ts'
import { meanInUnit } from '../statistics/unit-mean.ts'
import { ENOUGH_IMAGES } from '../statistics/verdict.ts'
import { groupRows } from '../verdict/table.ts'

/** Whether maps lie where the evidence is known to lie. */
export type TruthOutcome =
  | 'finds the grafted truth'
  | 'finds it for any class'
  | 'misses the grafted truth'
  | 'undecided'
  | 'undefined'

/** Where more of a variant's maps than this have no value, nothing is judged. */
const UNDEFINED_LIMIT = 0.1
/** A rise of less than this over the class without the term is none. */
const SLIGHT = 0.1

/** How much higher the pattern stands for the class with the term than for the one without, on images that have both. */
function rises(own: ByImage, other: ByImage): number[] {
  return [...own].flatMap(([image, value]) => {
    const beside = other.get(image)
    return beside === undefined ? [] : [value - beside]
  })
}

/** Whether the class with the term stands out: by rank, or by mass where ranks are full for both. */
function outcomeOf(rows: readonly Row[], threshold: number): TruthOutcome {
  const own = valuesOf(rows, 'pattern-rank')
  const { low, high } = meanInUnit([...own.values()])
  if (high < threshold) return 'misses the grafted truth'
  if (low <= threshold) return 'undecided'
  // A map that is constant for the other class says nothing of it.
  const found = (['rank', 'mass'] as const)
    .map((of) => rises(valuesOf(rows, `pattern-${of}`), valuesOf(rows, `other-class-${of}`)))
    .filter((differences) => differences.length > 1)
    .map((differences) => meanInUnit(differences.map((difference) => (difference + 1) / 2)))
  if (found.length === 0 || found.some((rise) => 2 * rise.low - 1 > 0)) return 'finds the grafted truth'
  return found.every((rise) => 2 * rise.high - 1 < SLIGHT) ? 'finds it for any class' : 'undecided'
}

function judgeVariant(variant: string, rows: readonly Row[], threshold: number): Measurement {
  const images = new Set(rows.map(({ image }) => image)).size
  const own = valuesOf(rows, 'pattern-rank')
  const base = { variant, metric: 'grafted-truth', images: own.size, undefinedCount: images - own.size }
  if (own.size < (1 - UNDEFINED_LIMIT) * images || own.size < 2)
    return { ...base, value: null, outcome: 'undefined' }
  const values = [...own.values()]
  const { mean, low, high } = meanInUnit(values)
  const outcome = outcomeOf(rows, threshold)
  const needed = outcome === 'undecided' ? imagesToDecideMean(values, threshold) : undefined
  return {
    ...base,
    value: mean,
    interval: [low, high],
    outcome,
    notes: [
      ...(images < ENOUGH_IMAGES ? ['preliminary'] : []),
      ...(needed === undefined ? [] : [`about ${needed} images would decide`]),
    ],
    details: { findsFrom: findsFrom(values, threshold) ?? null },
  }
}

/** Findings of the grafted truth: the chance that a pixel of the pattern outranks one beside it, ½ for a map that knows nothing. */
export function judgeTruth(
  rows: readonly Row[],
  facts: readonly VariantFacts[],
  threshold: number,
): Measurement[] {
  const byVariant = groupRows(rows, (row) => row.variant)
  return facts.flatMap(({ id }) => {
    const own = byVariant.get(id)
    return own ? [judgeVariant(id, own, threshold)] : []
  })
}
