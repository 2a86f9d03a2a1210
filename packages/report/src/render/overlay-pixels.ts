import { colourOf } from './palette.ts'
import type { DisplayPlane } from './plane.ts'

/** The picture under a map: `[h, w, 3]` bytes. */
export interface Picture {
  readonly height: number
  readonly width: number
  readonly pixels: Uint8Array
}

/** Small images are enlarged by a whole factor, so that their pixels can be seen. */
export function displayFactor({ height, width }: { height: number; width: number }, least = 224): number {
  return Math.max(1, Math.ceil(least / Math.max(height, width)))
}

/** Whether a map has pixels enough to be shown as they are. */
function isFine({ height, width }: DisplayPlane, rows: number, columns: number): boolean {
  return rows % height === 0 && columns % width === 0 && height * 2 > rows / 8 && height >= 24
}

/** Values between the map's own pixels: bilinear, as CAMs are shown; the stored map is never resampled. */
function sample(plane: DisplayPlane, row: number, column: number, rows: number, columns: number): number {
  const { data, height, width } = plane
  if (isFine(plane, rows, columns)) {
    return data[Math.floor((row * height) / rows) * width + Math.floor((column * width) / columns)] as number
  }
  const y = Math.min(height - 1, Math.max(0, ((row + 0.5) * height) / rows - 0.5))
  const x = Math.min(width - 1, Math.max(0, ((column + 0.5) * width) / columns - 0.5))
  const [top, left] = [Math.floor(y), Math.floor(x)]
  const [bottom, right] = [Math.min(height - 1, top + 1), Math.min(width - 1, left + 1)]
  const at = (i: number, j: number) => data[i * width + j] as number
  const upper = at(top, left) * (left + 1 - x) + at(top, right) * (x - left)
  const lower = at(bottom, left) * (left + 1 - x) + at(bottom, right) * (x - left)
  return upper * (top + 1 - y) + lower * (y - top)
}

/** Pixels as bytes, rows first. */
export interface Pixels {
  readonly height: number
  readonly width: number
  /** `[h, w, 3]` */
  readonly data: Uint8Array
}

/** How opaque a map is where it is zero, and where its magnitude is largest. */
const OPACITY = [0.25, 0.9] as const

/**
 * A map over its image in grey: strong values are opaque, values near zero let the image through.
 * @param strength of the map: 0 shows the image alone, 1 (default) the map as reports do, 2 the map alone
 */
export function overlayPixels(
  plane: DisplayPlane,
  picture: Picture | undefined,
  factor: number,
  strength: number = 1,
): Pixels {
  const [height, width] = picture ? [picture.height, picture.width] : [plane.height, plane.width]
  const [rows, columns] = [height * factor, width * factor]
  // A map of the picture's own size: each of its pixels is drawn once, and then enlarged.
  if (factor > 1 && plane.height === height && plane.width === width && isFine(plane, rows, columns)) {
    const { data: pixels } = overlayPixels(plane, picture, 1, strength)
    return picturePixels({ pixels, height, width }, factor)
  }
  const bytes = new Uint8Array(rows * columns * 3)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = sample(plane, row, column, rows, columns)
      const grey = picture ? greyAt(picture, Math.floor(row / factor), Math.floor(column / factor)) : 255
      const opacity = picture ? opacityOf(value, strength) : 1
      const colour = colourOf(value, plane.signed)
      for (let channel = 0; channel < 3; channel++) {
        bytes[(row * columns + column) * 3 + channel] =
          opacity * (colour[channel] as number) + (1 - opacity) * grey
      }
    }
  }
  return { height: rows, width: columns, data: bytes }
}

function opacityOf(value: number, strength: number): number {
  const own = OPACITY[0] + (OPACITY[1] - OPACITY[0]) * Math.min(1, Math.abs(value)) ** 0.6
  return strength <= 1 ? own * strength : own + (1 - own) * (strength - 1)
}

function greyAt({ pixels, width }: Picture, row: number, column: number): number {
  const at = (row * width + column) * 3
  return 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!
}

/** The image itself, each of its pixels a square of `factor` pixels. */
export function picturePixels({ pixels, height, width }: Picture, factor: number): Pixels {
  const [rows, columns] = [height * factor, width * factor]
  const data = new Uint8Array(rows * columns * 3)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (Math.floor(row / factor) * width + Math.floor(column / factor)) * 3
      const to = (row * columns + column) * 3
      for (let channel = 0; channel < 3; channel++) data[to + channel] = pixels[from + channel]!
    }
  }
  return { data, height: rows, width: columns }
}
