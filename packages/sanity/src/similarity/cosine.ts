import { correlation, prepared, type Prepared } from './correlation.ts'
import { isUndefined } from './plane.ts'
import type { Similarity } from './similarity.ts'

/** Cosine of the angle between two maps as vectors; zero stays zero, nothing is centred. */
export const cosine: Similarity<Prepared> = {
  id: 'cosine',
  convention: 'cosine between the maps as vectors, not centred',
  prepare: ({ data }) => (isUndefined(data) ? undefined : prepared(Float64Array.from(data))),
  compare: correlation,
}
