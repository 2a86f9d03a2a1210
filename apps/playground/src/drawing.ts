import type { Pixels } from '@saliency/report'

/** Draws pixels on a canvas of their size. */
export function drawPixels(
  { data, height, width }: Pixels,
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
): void {
  const image = context.createImageData(width, height)
  for (let pixel = 0; pixel < width * height; pixel++) {
    image.data[4 * pixel] = data[3 * pixel] as number
    image.data[4 * pixel + 1] = data[3 * pixel + 1] as number
    image.data[4 * pixel + 2] = data[3 * pixel + 2] as number
    image.data[4 * pixel + 3] = 255
  }
  context.putImageData(image, 0, 0)
}
