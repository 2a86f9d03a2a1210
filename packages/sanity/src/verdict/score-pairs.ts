import type { Condition, Row, ScoreContext } from '@saliency/core'
import { similaritiesNamed } from '../similarity/similarities.ts'
import { compareConditions, type PreparedMaps } from './compare.ts'
import { reductionNames, type Reduction } from './planes.ts'
import { preparedMaps } from './prepared-maps.ts'

/** How one condition is compared with another. */
export interface Comparison {
  /** The condition that counts as unchanged. */
  readonly from: Condition
  /** The changed one. */
  readonly to: Condition
  /** Name in the rows. */
  readonly condition: string
  readonly protocol: Row['protocol']
}

/** Asks for all channels where a reduction other than the signed sum needs them. */
export function withChannels(condition: Condition, reduction: Reduction): Condition {
  return reduction === 'sum' ? condition : { ...condition, map: 'full' }
}

/** Rows of every comparison by every similarity; a map that serves several comparisons is prepared once. */
export async function scorePairs(
  context: Pick<ScoreContext, 'maps' | 'group' | 'variant'>,
  comparisons: readonly Comparison[],
  options: { similarities: readonly string[]; partners: number; reduction?: Reduction },
): Promise<Row[]> {
  const { group, variant } = context
  const { reduction = 'sum' } = options
  const measures = similaritiesNamed(options.similarities)
  const prepared = new Map<string, PreparedMaps[]>()
  const prepare = async (condition: Condition) => {
    const known = prepared.get(condition.id)
    if (known) return known
    const maps = await context.maps(condition)
    // From the last on: ranks of magnitudes, which are listed after those of values, bring these along.
    const fromLast = measures.toReversed().map((measure) => preparedMaps(measure, maps, reduction))
    const fresh = fromLast.toReversed()
    prepared.set(condition.id, fresh)
    return fresh
  }
  const rows: Row[] = []
  for (const { from, to, condition, protocol } of comparisons) {
    const [before, after] = [await prepare(from), await prepare(to)]
    prepared.delete(to.id)
    const base = { variant, condition, protocol: { ...protocol, reduction: reductionNames[reduction] } }
    measures.forEach((measure, i) => {
      const pair = { base, measure, group, from: before[i]!, to: after[i]!, partners: options.partners }
      rows.push(...compareConditions(pair))
    })
  }
  return rows
}
