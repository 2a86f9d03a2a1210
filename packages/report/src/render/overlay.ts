import sharp from 'sharp'
import { overlayPixels, type Picture, picturePixels, type Pixels } from './overlay-pixels.ts'
import type { DisplayPlane } from './plane.ts'

async function pngOf({ data, height, width }: Pixels): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 6 })
    .toBuffer()
}

/** A map over its image in grey: strong values are opaque, values near zero let the image through. */
export async function overlayPng(
  plane: DisplayPlane,
  picture: Picture | undefined,
  factor: number,
): Promise<Buffer> {
  return pngOf(overlayPixels(plane, picture, factor))
}

/** The image itself, enlarged by the same factor. */
export async function picturePng(picture: Picture, factor: number): Promise<Buffer> {
  return pngOf(picturePixels(picture, factor))
}
