import type { Preprocess } from './preprocess.ts'
import type { Raster } from './raster.ts'
import { resizeRaster } from './resize.ts'

type Size = readonly [height: number, width: number]

/**
 * Brings an image to the network's input size, as {@link Preprocess.resize} says. An image that has the size already
 * is returned as it is: no pixel is resampled.
 */
export function fitRaster(raster: Raster, preprocess: Preprocess): Raster {
  const { height, width } = preprocess.input
  if (raster.height === height && raster.width === width) return raster
  const [scaledHeight, scaledWidth] = scaledSize([raster.height, raster.width], preprocess)
  const rows = { from: raster.height, to: scaledHeight, start: startOf(scaledHeight, height), length: height }
  const columns = { from: raster.width, to: scaledWidth, start: startOf(scaledWidth, width), length: width }
  return resizeRaster(raster, { rows, columns }, preprocess)
}

/** The size to scale to before the centre is cut out. */
function scaledSize([height, width]: Size, { input, resize = 'cover' }: Preprocess): Size {
  if (resize === 'stretch') return [input.height, input.width]
  if (resize === 'cover') {
    const factor = Math.max(input.height / height, input.width / width)
    return [
      Math.max(input.height, Math.round(height * factor)),
      Math.max(input.width, Math.round(width * factor)),
    ]
  }
  // torchvision's Resize rounds the longer side down.
  const side = resize.shorterSide
  return height < width
    ? [side, Math.floor((side * width) / height)]
    : [Math.floor((side * height) / width), side]
}

/**
 * Where the centre starts, as in torchvision's CenterCrop (`center_crop` in torchvision/transforms/functional.py): half of
 * an odd margin is rounded to the even pixel, as Python's `round` does.
 */
function startOf(length: number, cropped: number): number {
  const half = (length - cropped) / 2
  const below = Math.floor(half)
  return below === half ? half : below + (below % 2)
}
