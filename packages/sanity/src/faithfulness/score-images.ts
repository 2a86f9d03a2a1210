import { type CheckImage, type Random, type Row, type ScoreContext } from '@saliency/core'
import { original } from '../original.ts'
import { planesOf } from '../verdict/planes.ts'
import { allUndefined, rowsOfImage, type Measurements } from '../metrics/image-rows.ts'
import { whyUndefined, type Plane } from '../similarity/plane.ts'
import { resizePlane } from '../similarity/upsample.ts'

/** One image of a group with its map at the image's resolution. */
export interface ScoredImage {
  readonly image: CheckImage
  readonly shape: readonly [c: number, h: number, w: number]
  /** `[h, w]`, signed sum over channels; layer-resolution maps are interpolated. */
  readonly plane: Plane
  /** The class explained. */
  readonly target: number
  /** Random numbers of this image: the same for every variant, so that variants face the same perturbations. */
  readonly random: (purpose: string) => Random
}

/** Rows of a measure that looks at one image at a time; maps that are constant or not finite are undefined. */
export async function scoreImages(
  context: Pick<ScoreContext, 'variant' | 'group' | 'maps' | 'rng'>,
  protocol: Row['protocol'],
  metrics: readonly string[],
  measure: (scored: ScoredImage) => Promise<Measurements>,
): Promise<Row[]> {
  const { variant, group, maps, rng } = context
  const result = await maps(original)
  const [, height, width] = group.shape
  const base = {
    variant,
    condition: original.id,
    protocol: { target: 'original prediction', reduction: 'signed channel sum', ...protocol },
  }
  const rows: Row[] = []
  for (const [i, plane] of planesOf(result).entries()) {
    const image = group.images[i]!
    const why = whyUndefined(plane.data)
    const measured = why
      ? allUndefined(metrics, `the map is ${why}`)
      : await measure({
          image,
          shape: group.shape,
          plane: resizePlane(plane, height, width),
          target: result.targets[i]!,
          random: (purpose) => rng(purpose, image.id),
        })
    rows.push(...rowsOfImage(base, image, measured))
  }
  return rows
}
