import { SaliencyError } from '@saliency/core'
import { cosine } from './cosine.ts'
import { hog } from './hog.ts'
import { pearson } from './pearson.ts'
import { absolute, ON_ABSOLUTE } from './plane.ts'
import { ssimFlat, ssimSecondMoment } from './second-moment.ts'
import type { Similarity } from './similarity.ts'
import { spearman, spearmanAbsolute } from './spearman.ts'
import { ssim, ssimMinMax } from './ssim.ts'
import { topIntersection } from './top-k.ts'

/** The same similarity between magnitudes |v| of the one-channel maps. */
export function onAbsolute<P>(measure: Similarity<P>): Similarity<P> {
  return {
    id: `${measure.id}-abs`,
    convention: `${measure.convention}; ${ON_ABSOLUTE}`,
    prepare: (map) => measure.prepare(absolute(map)),
    compare: (a, b) => measure.compare(a, b),
  }
}

const others: readonly Similarity<unknown>[] = [
  pearson,
  cosine,
  ssim,
  ssimMinMax,
  ssimSecondMoment,
  ssimFlat,
  hog,
  topIntersection(0.1),
]

/** Every similarity of this package, by its name in rows: each on signed maps and, with the suffix `-abs`, on absolute ones. */
export const similarities: Readonly<Record<string, Similarity<unknown>>> = Object.fromEntries(
  [spearman, ...others, spearmanAbsolute, ...others.map(onAbsolute)].map((measure) => [measure.id, measure]),
)

/**
 * The similarities with these names.
 * @throws INVALID_OPTION if a name is unknown; the message lists the names
 */
export function similaritiesNamed(names: readonly string[]): Similarity<unknown>[] {
  return names.map((name) => {
    const measure = Object.hasOwn(similarities, name) ? similarities[name] : undefined
    if (measure) return measure
    const known = Object.keys(similarities).join(', ')
    throw new SaliencyError('INVALID_OPTION', `unknown similarity '${name}': choose from ${known}`)
  })
}
