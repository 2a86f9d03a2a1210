import { SaliencyError, type CheckImage, type ImageGroup } from '@saliency/core'

/** The mask of one of an image's labels, or why there is none. */
export type MaskOrReason = { readonly mask: Uint8Array } | { readonly reason: string }

/**
 * The mask of label `index`.
 * @throws INVALID_INPUT if a mask has another size than the image
 */
export function maskOf(image: CheckImage, index: number, shape: ImageGroup['shape']): MaskOrReason {
  const mask = image.masks?.[index]
  if (mask === undefined)
    return { reason: index === 0 ? 'the image has no mask' : `the image has no mask ${index + 1}` }
  const [, height, width] = shape
  if (mask.length !== height * width) {
    throw new SaliencyError(
      'INVALID_INPUT',
      `The mask of ${image.id} has ${mask.length} pixels, its image ${height} x ${width}: masks must have the image's size after preprocessing.`,
    )
  }
  return mask.includes(1) ? { mask } : { reason: 'the mask has no pixel' }
}
