import { open } from 'node:fs/promises'
import { lfsPointer, SaliencyError } from '@saliency/core'
import type { Metadata } from 'sharp'
import { isNoFile, NO_FILE } from './contents.ts'

/** Pixels of the largest picture that is decoded: where Pillow warns of a decompression bomb (`Image.MAX_IMAGE_PIXELS`). */
export const MOST_PIXELS = 89_478_485

const DEPTHS = ['uchar', 'ushort', 'float'] as const

/** What a picture file says of itself before its pixels are decoded. */
export interface Header {
  /** Of each channel of a pixel: a byte, 16 bits, or a float. */
  readonly depth: (typeof DEPTHS)[number]
  /** libvips' name of how the pixels are stored: `srgb`, `b-w`, `cmyk`, … */
  readonly space: NonNullable<Metadata['space']>
  readonly pixels: number
  /** Whether EXIF asks viewers to turn or mirror the picture, and Pillow does not (it turns TIFF alone). */
  readonly isTurned: boolean
  readonly format: Metadata['format']
}

/**
 * Reads the header of a picture.
 * @throws INVALID_IMAGE saying why it is not decoded: it is no picture, too large, or its pixels are of another type
 */
export async function readHeader(
  source: string | Uint8Array,
  name: string = String(source),
): Promise<Header> {
  if (typeof source === 'string' && (await isNoFile(source)))
    throw new SaliencyError('INVALID_IMAGE', `${name} ${NO_FILE}`)
  // The decoder takes long to load, and most of what reads a model opens no picture.
  const { default: sharp } = await import('sharp')
  const found = await sharp(source, { limitInputPixels: false })
    .metadata()
    .catch(async (cause: unknown) => {
      const pointer = lfsPointer(await startOf(source))
      throw pointer === undefined
        ? unreadable(name, cause)
        : new SaliencyError('INVALID_IMAGE', `${name} ${pointer}`, { cause })
    })
  const { width, height, depth, space = 'srgb', orientation = 1, format } = found
  const refuse = (reason: string) => {
    throw new SaliencyError('INVALID_IMAGE', `${name} ${reason}`)
  }
  if (width * height > MOST_PIXELS) {
    refuse(
      `has ${width}×${height} pixels; pictures of at most ${MOST_PIXELS.toLocaleString('en')} are decoded: scale it down`,
    )
  }
  const known = DEPTHS.find((one) => one === depth)
  if (known === undefined) {
    refuse(`holds pixels of type ${depth}, whose black and white are not known: store it with 8 or 16 bits`)
  }
  const isTurned = orientation > 1 && format !== 'tiff'
  return { depth: known as Header['depth'], space, pixels: width * height, isTurned, format }
}

/** The first bytes of a picture; none of a file that cannot be read. */
async function startOf(source: string | Uint8Array): Promise<Uint8Array> {
  if (typeof source !== 'string') return source
  const file = await open(source).catch(() => undefined)
  try {
    const start = await file?.read(new Uint8Array(64), 0, 64, 0)
    return start?.buffer ?? new Uint8Array()
  } finally {
    await file?.close()
  }
}

/** Why a decoder gives up, by its own words. */
const REASONS = [
  [/file is missing/i, 'there is no such file'],
  [
    /unsupported image format/i,
    'its content is none of the kinds that are decoded (JPEG, PNG, WebP, GIF, TIFF, AVIF), whatever its name says',
  ],
  [/(?:)/, 'it is damaged, cut off, or holds colours that are not decoded; convert it to PNG or JPEG'],
] as const

/** For a picture that its decoder gives up. */
export function unreadable(name: string, cause: unknown): SaliencyError {
  const words = (cause as Error).message
  const [, reason] = REASONS.find(([pattern]) => pattern.test(words)) as (typeof REASONS)[number]
  return new SaliencyError('INVALID_IMAGE', `${name} is not a readable image: ${reason}`, { cause })
}
