import { readFile } from 'node:fs/promises'
import { SaliencyError } from '@saliency/core'
import type { OutputInfo } from 'sharp'
import type { Raster } from '../raster.ts'
import { readHeader, unreadable, type Header } from './header.ts'
import { isBareYcbcr } from './tiff-colours.ts'

/** White, by the type of a pixel. */
const MAXIMA = { uchar: 255, ushort: 65_535, float: 1 } as const

/**
 * Decodes a JPEG, PNG, WebP, GIF, TIFF or AVIF file to the pixels that Pillow's `Image.open(file).convert('RGB')` gives, and
 * with it torchvision and Keras: colour profiles, transparency and EXIF rotation (but in TIFF) are not applied, CMYK becomes
 * RGB by Pillow's formula, grey is repeated. Unlike there, 16 bits stay 16 bits, and floats in [0, 1] are taken as they are.
 * @param source the file's path or its bytes
 * @throws INVALID_IMAGE naming the file
 */
export async function decodeImage(
  source: string | Uint8Array,
  name: string = String(source),
): Promise<Raster> {
  const header = await readHeader(source, name)
  if (header.format === 'tiff') await assertColours(source, name)
  const { data: bytes, info } = await storedPixels(source, header).catch((cause: unknown) => {
    throw unreadable(name, cause)
  })
  const values = typed(Uint8Array.from(bytes).buffer, header)
  if (values instanceof Float32Array) assertShares(values, name)
  if (header.format === 'gif') assertOpaque(values, info, name)
  return header.space === 'cmyk' ? fromCmyk(values, info) : toRgb(values, info, MAXIMA[header.depth])
}

async function assertColours(source: string | Uint8Array, name: string): Promise<void> {
  if (!isBareYcbcr(typeof source === 'string' ? await readFile(source) : source)) return
  throw new SaliencyError(
    'INVALID_IMAGE',
    `${name} is a TIFF of YCbCr colours without JPEG's compression, which would be read as RGB: convert it to PNG`,
  )
}

/** Pixels without any conversion of colours, but for spaces that are neither grey, RGB nor CMYK. */
async function storedPixels(source: string | Uint8Array, { depth, space, format }: Header) {
  const { default: sharp } = await import('sharp')
  // Only real errors fail, not a harmless warning of the decoder. Pillow turns TIFF files while it opens them, and no others.
  const image = sharp(source, { failOn: 'error', ignoreIcc: true, autoOrient: format === 'tiff' })
  const isStored = space === 'cmyk' || depth === 'float'
  const spaced = isStored
    ? image.pipelineColourspace(space).toColourspace(space)
    : image.toColourspace(depth === 'ushort' ? 'rgb16' : 'srgb')
  return spaced.raw({ depth: space === 'cmyk' ? 'uchar' : depth }).toBuffer({ resolveWithObject: true })
}

function typed(buffer: ArrayBuffer, { depth, space }: Header): Raster['data'] {
  if (depth === 'uchar' || space === 'cmyk') return new Uint8Array(buffer)
  return depth === 'ushort' ? new Uint16Array(buffer) : new Float32Array(buffer)
}

function assertShares(values: Float32Array, name: string): void {
  const outside = values.find((value) => !(value >= 0 && value <= 1))
  if (outside === undefined) return
  throw new SaliencyError(
    'INVALID_IMAGE',
    `${name} holds floats outside [0, 1] (${outside}), whose black and white are not known: store it with 8 or 16 bits`,
  )
}

/** The decoder of GIF gives black where a picture is transparent, not the colour below, so that it is not known. */
function assertOpaque(values: Raster['data'], { channels }: OutputInfo, name: string): void {
  if (channels !== 4 || values.every((value, index) => index % 4 !== 3 || value > 0)) return
  throw new SaliencyError(
    'INVALID_IMAGE',
    `${name} is a GIF with transparent pixels, whose colours are not read: convert it to PNG`,
  )
}

/** Repeats grey and leaves transparency out, so that exactly three channels remain. */
function toRgb(values: Raster['data'], { width, height, channels }: OutputInfo, maximum: number): Raster {
  if (channels === 3) return { width, height, data: values, maximum }
  const colours = channels < 3 ? 1 : 3
  const length = width * height * 3
  const data =
    values instanceof Uint8Array
      ? new Uint8Array(length)
      : values instanceof Uint16Array
        ? new Uint16Array(length)
        : new Float32Array(length)
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      data[pixel * 3 + channel] = values[pixel * channels + (channel % colours)] as number
    }
  }
  return { width, height, data, maximum }
}

/** Pillow's conversion (`cmyk2rgb` in `src/libImaging/Convert.c`): each ink takes its share of what black leaves. */
function fromCmyk(values: Raster['data'], { width, height, channels }: OutputInfo): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const light = 255 - (values[pixel * channels + 3] as number)
    for (let ink = 0; ink < 3; ink++) {
      const scaled = (values[pixel * channels + ink] as number) * light + 128
      data[pixel * 3 + ink] = Math.max(0, light - (((scaled >> 8) + scaled) >> 8))
    }
  }
  return { width, height, data, maximum: 255 }
}
