import { centre, correlation, type Prepared } from './correlation.ts'
import { isUndefined } from './plane.ts'
import type { Similarity } from './similarity.ts'

/** Pearson's r over all pixels. */
export const pearson: Similarity<Prepared> = {
  id: 'pearson',
  convention: 'Pearson correlation over all pixels of the map',
  prepare: ({ data }) => (isUndefined(data) ? undefined : centre(Float64Array.from(data))),
  compare: correlation,
}
