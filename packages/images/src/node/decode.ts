import { SaliencyError } from '@saliency/core'
import sharp, { type OutputInfo } from 'sharp'
import type { Raster } from '../raster.ts'

/**
 * Decodes a JPEG, PNG, WebP, GIF, TIFF or AVIF file (libjpeg-turbo for JPEG). EXIF rotation is applied, grey becomes
 * RGB, transparent pixels show white, 16 bits stay 16 bits.
 * @param source the file's path or its bytes
 * @throws INVALID_IMAGE naming the file
 */
export async function decodeImage(
  source: string | Uint8Array,
  name: string = String(source),
): Promise<Raster> {
  try {
    // Only real errors fail, not a harmless warning of the decoder.
    const image = sharp(source, { failOn: 'error' })
    const { depth } = await image.metadata()
    const wide = depth === 'ushort'
    const { data, info } = await image
      .autoOrient()
      .toColourspace(wide ? 'rgb16' : 'srgb')
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const bytes = Uint8Array.from(data)
    return toRgb(wide ? new Uint16Array(bytes.buffer) : bytes, info, wide ? 65_535 : 255)
  } catch (cause) {
    const reason = (cause as Error).message.replace(/\s+/g, ' ').trim()
    throw new SaliencyError('INVALID_IMAGE', `${name} is not a readable image: ${reason}`, { cause })
  }
}

/** Repeats grey and mixes white into transparent pixels, so that exactly three channels remain. */
function toRgb(
  values: Uint8Array | Uint16Array,
  { width, height, channels }: OutputInfo,
  maximum: number,
): Raster {
  if (channels === 3) return { width, height, data: values, maximum }
  const count = width * height
  const data = maximum === 255 ? new Uint8Array(count * 3) : new Uint16Array(count * 3)
  const colours = channels < 3 ? 1 : 3
  for (let pixel = 0; pixel < count; pixel++) {
    const start = pixel * channels
    const alpha = channels === colours ? 1 : (values[start + colours] as number) / maximum
    for (let channel = 0; channel < 3; channel++) {
      const value = values[start + (channel % colours)] as number
      data[pixel * 3 + channel] = Math.round(alpha * value + (1 - alpha) * maximum)
    }
  }
  return { width, height, data, maximum }
}
