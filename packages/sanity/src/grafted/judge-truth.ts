import type { Measurement, Row, VariantFacts } from '@saliency/core'
import { valuesOf } from '../metrics/by-image.ts'
import {
  ENOUGH_VALUES,
  limitsOf,
  meanDifference,
  pairedDifferences,
  type UnitVerdict,
  unitVerdict,
} from '../statistics/unit-verdict.ts'
import { groupRows } from '../verdict/table.ts'

/** Whether maps lie where the evidence is known to lie. */
export type TruthOutcome =
  | 'finds the grafted truth'
  | 'finds it for any class'
  | 'misses the grafted truth'
  | 'undecided'
  | 'undefined'

/** A rise of less than this over the class without the term is none. */
const SLIGHT = 0.1

/** Whether the class with the term stands out: by rank, or by mass where ranks are full for both. */
function outcomeOf(rows: readonly Row[], { side }: UnitVerdict): TruthOutcome {
  if (side === 'below') return 'misses the grafted truth'
  if (side === 'open') return 'undecided'
  // How much higher the pattern stands than for the class without the term, of which a constant map says nothing.
  const found = (['rank', 'mass'] as const)
    .map((of) => pairedDifferences(valuesOf(rows, `pattern-${of}`), valuesOf(rows, `other-class-${of}`)))
    .filter((differences) => differences.length > 1)
    .map((differences) => meanDifference(differences).interval!)
  if (found.length === 0 || found.some(([low]) => low > 0)) return 'finds the grafted truth'
  return found.every(([, high]) => high < SLIGHT) ? 'finds it for any class' : 'undecided'
}

/** Of a map's mass on the pattern, how much may come from rounding. */
const ROUNDING = 1e-5

/** Whether the term changes nothing of any map: it does not pass what the variant reads of the model. */
function isUnseen(rows: readonly Row[]): boolean {
  const without = valuesOf(rows, 'without-term-mass')
  const both = [...valuesOf(rows, 'pattern-mass')].map(([image, mass]) => [mass, without.get(image)] as const)
  return (
    both.length > 1 &&
    both.every(([mass, bare]) => bare !== undefined && Math.abs(mass - bare) <= ROUNDING * mass)
  )
}

function judgeVariant(
  { id: variant, control }: VariantFacts,
  rows: readonly Row[],
  threshold: number,
): Measurement {
  const images = new Set(rows.map(({ image }) => image)).size
  const own = valuesOf(rows, 'pattern-rank')
  const base = { variant, metric: 'grafted-truth', images: own.size, undefinedCount: images - own.size }
  if (own.size < ENOUGH_VALUES * images || own.size < 2) return { ...base, value: null, outcome: 'undefined' }
  if (!control && isUnseen(rows)) {
    const notes = ['its maps are the same without the term, which does not pass what it reads of this model']
    return { ...base, value: null, outcome: 'undefined', notes }
  }
  const verdict = unitVerdict([...own.values()], threshold)
  const { mean, low, high, finds, needs } = verdict
  return {
    ...base,
    value: mean,
    interval: [low, high],
    outcome: outcomeOf(rows, verdict),
    notes: limitsOf(images, needs),
    details: { findsFrom: finds ?? null },
  }
}

/** Findings of the grafted truth: the chance that a pixel of the pattern outranks one beside it, ½ for a map that knows nothing. */
export function judgeTruth(
  rows: readonly Row[],
  facts: readonly VariantFacts[],
  threshold: number,
): Measurement[] {
  const byVariant = groupRows(rows, (row) => row.variant)
  return facts.flatMap((variant) => {
    const own = byVariant.get(variant.id)
    return own ? [judgeVariant(variant, own, threshold)] : []
  })
}
