import { centre, correlation, type Prepared } from './correlation.ts'
import { isUndefined } from './plane.ts'
import { rank } from './rank.ts'
import type { Similarity } from './similarity.ts'

/** Spearman's ρ over all pixels, ties by average rank (the measure that the verdict uses). */
export const spearman: Similarity<Prepared> = {
  id: 'spearman',
  convention: 'Spearman rank correlation over all pixels of the map, ties by average rank',
  prepare: ({ data }) => (isUndefined(data) ? undefined : centre(rank(data))),
  compare: correlation,
}
