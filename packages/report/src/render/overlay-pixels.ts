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

/** The two rows or columns of a map that one of the picture lies between, and how much of each it takes. */
interface Place {
  readonly before: number
  readonly after: number
  readonly ofBefore: number
  readonly ofAfter: number
}

/** Where the picture's rows, or its columns, lie in a map: at its own pixels, or between them. */
function placesOf(count: number, size: number, isOwn: boolean): Place[] {
  return Array.from({ length: count }, (_, at) => {
    const own = Math.floor((at * size) / count)
    if (isOwn) return { before: own, after: own, ofBefore: 1, ofAfter: 0 }
    const place = Math.min(size - 1, Math.max(0, ((at + 0.5) * size) / count - 0.5))
    const before = Math.floor(place)
    return {
      before,
      after: Math.min(size - 1, before + 1),
      ofBefore: before + 1 - place,
      ofAfter: place - before,
    }
  })
}

/** The value at a place: bilinear, as CAMs are shown; the stored map is never resampled. */
function valueAt({ data, width }: DisplayPlane, y: Place, x: Place): number {
  const [above, below] = [y.before * width, y.after * width]
  const upper = data[above + x.before]! * x.ofBefore + data[above + x.after]! * x.ofAfter
  const lower = data[below + x.before]! * x.ofBefore + data[below + x.after]! * x.ofAfter
  return upper * y.ofBefore + lower * y.ofAfter
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
  const isOwn = isFine(plane, rows, columns)
  // A map of the picture's own size: each of its pixels is drawn once, and then enlarged.
  if (factor > 1 && isOwn && plane.height === height && plane.width === width) {
    const { data: pixels } = overlayPixels(plane, picture, 1, strength)
    return picturePixels({ pixels, height, width }, factor)
  }
  const bytes = new Uint8Array(rows * columns * 3)
  const across = placesOf(columns, plane.width, isOwn)
  for (const [row, y] of placesOf(rows, plane.height, isOwn).entries()) {
    for (let column = 0; column < columns; column++) {
      const value = valueAt(plane, y, across[column]!)
      const grey = picture ? greyAt(picture, Math.floor(row / factor), Math.floor(column / factor)) : 255
      const opacity = picture ? opacityOf(value, strength) : 1
      const colour = colourOf(value, plane.signed)
      const at = (row * columns + column) * 3
      for (let channel = 0; channel < 3; channel++)
        bytes[at + channel] = opacity * colour[channel]! + (1 - opacity) * grey
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
