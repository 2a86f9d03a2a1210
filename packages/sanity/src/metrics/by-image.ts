import type { Row } from '@saliency/core'

/** A number for each image that has one. */
export type ByImage = ReadonlyMap<string, number>

/** Values of one metric of one variant, by image; images without a value are left out. */
export function valuesOf(rows: readonly Row[], metric: string): ByImage {
  return new Map(
    rows.flatMap((row) =>
      row.metric === metric && row.value !== null ? [[row.image, row.value] as const] : [],
    ),
  )
}
