import type { Measurement, Row, VariantFacts } from '@saliency/core'
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

/** What maps are worth for somebody who asks which part of a scene matters. */
export type PartsOutcome =
  | 'finds the parts'
  | 'ranks the parts otherwise'
  | 'confuses the objects'
  | 'undecided'
  | 'undefined'

/** The protocols with a level of chance, ½, and what a map does that fails one. */
const judged = {
  'part-single-deletion': 'ranks the parts otherwise',
  'part-target-sensitivity': 'confuses the objects',
} as const satisfies Record<string, PartsOutcome>
type Judged = keyof typeof judged

/** All that compare maps: those in which the map and not the model alone has a say. */
const compared = [
  'part-single-deletion',
  'part-target-sensitivity',
  'part-deletion',
  'part-preservation',
  'part-distractibility',
] as const

/** Whether a protocol asked enough scenes: of those of one object, nobody asks whose it is. */
const isAsked = ({ size }: ByImage, images: number) => size > 1 && size > (1 - ENOUGH_VALUES) * images

/** The one that decides: the lowest that fails, else the lowest that is open, else the lowest. */
function weakest(verdicts: readonly (readonly [Judged, UnitVerdict])[]): readonly [Judged, UnitVerdict] {
  const order = { below: 0, open: 1, above: 2 } as const
  const [first] = verdicts.toSorted(([, a], [, b]) => order[a.side] - order[b.side] || a.mean - b.mean)
  return first!
}

function outcomeOf([protocol, { side }]: readonly [Judged, UnitVerdict]): PartsOutcome {
  if (side === 'open') return 'undecided'
  return side === 'above' ? 'finds the parts' : judged[protocol]
}

/** Both protocols have to hold, each by its own interval: no mean of the two. */
function judgeVariant(variant: string, rows: readonly Row[], threshold: number): Measurement {
  const images = new Set(rows.map(({ image }) => image)).size
  const ranked = valuesOf(rows, 'part-single-deletion')
  const base = { variant, metric: 'parts', images: ranked.size, undefinedCount: images - ranked.size }
  if (ranked.size < ENOUGH_VALUES * images || ranked.size < 2)
    return { ...base, value: null, outcome: 'undefined' }
  const asked = (Object.keys(judged) as Judged[]).flatMap((protocol) => {
    const values = valuesOf(rows, protocol)
    return isAsked(values, images)
      ? [[protocol, unitVerdict([...values.values()], (1 + threshold) / 2)] as const]
      : []
  })
  const decides = weakest(asked)
  const [protocol, { mean, low, high, finds, needs }] = decides
  const apart = valuesOf(rows, 'part-target-sensitivity').size
  return {
    ...base,
    value: 2 * mean - 1,
    interval: [2 * low - 1, 2 * high - 1],
    outcome: outcomeOf(decides),
    notes: [
      ...limitsOf(images, needs),
      `decided by ${protocol}`,
      ...(asked.length > 1
        ? []
        : ['whose object is whose was not asked: too few scenes show two that the model tells apart']),
    ],
    details: {
      decides: protocol,
      findsFrom: finds === undefined ? null : 2 * finds - 1,
      scenesOfTwo: apart,
    },
  }
}

/** How much better a variant does than its counterpart by each protocol, on the scenes that both have. */
function againstCounterpart(
  { id, counterpart = '' }: VariantFacts,
  own: readonly Row[],
  other: readonly Row[],
): Measurement[] {
  return compared.map((protocol) => {
    const values = valuesOf(own, protocol)
    const shared = pairedDifferences(values, valuesOf(other, protocol))
    const base = {
      variant: id,
      metric: `${protocol}-less-counterpart`,
      images: shared.length,
      undefinedCount: values.size - shared.length,
      details: { counterpart },
    }
    if (shared.length < 2) return { ...base, value: null, outcome: 'not comparable' }
    return { ...base, ...meanDifference(shared) }
  })
}

/**
 * Findings of the parts axis: 0 is chance, 1 is a map that ranks the parts of every scene as the model does and, of two
 * objects, always finds the one that is asked for; the weaker of the two is what counts.
 * @param threshold from which value on both hold, in [0, 1]
 */
export function judgeParts(
  rows: readonly Row[],
  facts: readonly VariantFacts[],
  threshold: number,
): Measurement[] {
  const byVariant = groupRows(rows, ({ variant }) => variant)
  return facts.flatMap((one) => {
    const own = byVariant.get(one.id)
    if (!own) return []
    const other = byVariant.get(one.counterpart ?? '')
    return [judgeVariant(one.id, own, threshold), ...(other ? againstCounterpart(one, own, other) : [])]
  })
}
