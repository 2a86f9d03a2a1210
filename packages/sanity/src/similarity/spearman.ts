import { cosineOf } from './correlation.ts'
import { dotOf } from './kernels.ts'
import { absolute, isUndefined, ON_ABSOLUTE } from './plane.ts'
import { centredMagnitudeRanks, type CentredRanks, centredRanks } from './rank.ts'
import type { Similarity } from './similarity.ts'

const convention = 'Spearman rank correlation over all pixels of the map, ties by average rank'

const compare = (a: CentredRanks, b: CentredRanks) =>
  cosineOf(dotOf(a.values, b.values), a.squares, b.squares)

/** Spearman's ρ over all pixels, ties by average rank (the measure that the verdict uses). */
export const spearman: Similarity<CentredRanks> = {
  id: 'spearman',
  convention,
  prepare: ({ data }) => (isUndefined(data) ? undefined : centredRanks(data)),
  compare,
}

/** Spearman's ρ of the magnitudes, whose ranks come out of the same sort. */
export const spearmanAbsolute: Similarity<CentredRanks> = {
  id: 'spearman-abs',
  convention: `${convention}; ${ON_ABSOLUTE}`,
  prepare: (map) => (isUndefined(absolute(map).data) ? undefined : centredMagnitudeRanks(map.data)),
  compare,
}
