import { SaliencyError } from '@saliency/core'
import type { ObjectMask } from '../image-set.ts'
import { fitMask } from '../mask.ts'
import type { Preprocess } from '../preprocess.ts'
import type { Raster } from '../raster.ts'
import { decodeImage } from './decode.ts'

/**
 * Reads a mask file; any pixel that is not black lies on the object. It goes through the same scaling and cutting
 * as its image (nearest neighbour), so it must have the image's size.
 * @throws INVALID_IMAGE if the file is unreadable or has another size
 */
export async function readMask(
  bytes: Uint8Array,
  path: string,
  image: Raster,
  preprocess: Preprocess,
  label: number | undefined,
): Promise<ObjectMask> {
  const mask = await decodeImage(bytes, path)
  if (mask.height !== image.height || mask.width !== image.width) {
    const [got, wanted] = [`${mask.width}×${mask.height}`, `${image.width}×${image.height}`]
    throw new SaliencyError(
      'INVALID_IMAGE',
      `${path} is ${got}, but its image is ${wanted}: a mask must have the image's size`,
    )
  }
  return fitMask(mask, preprocess, label)
}
