import sharp from 'sharp'
import { overlayPixels, type Picture } from './overlay-pixels.ts'
import type { DisplayPlane } from './plane.ts'

/** A map over its image in grey: strong values are opaque, values near zero let the image through. */
export async function overlayPng(
  plane: DisplayPlane,
  picture: Picture | undefined,
  factor: number,
): Promise<Buffer> {
  const { data, height, width } = overlayPixels(plane, picture, factor)
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6 })
    .toBuffer()
}

/** The image itself, enlarged by the same factor. */
export async function picturePng({ pixels, height, width }: Picture, factor: number): Promise<Buffer> {
  const image = sharp(Buffer.from(pixels), { raw: { width, height, channels: 3 } })
  return image
    .resize(width * factor, height * factor, { kernel: 'nearest' })
    .png({ compressionLevel: 6 })
    .toBuffer()
}
