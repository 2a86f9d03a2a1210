import { readFile } from 'node:fs/promises'
import { type FloatTensor, parseNpy, SaliencyError, tensor } from '@saliency/core'
import { decodeImage } from './decode.ts'
import { extension } from './folder.ts'

/**
 * A region `[h, w]`, 1 inside and 0 elsewhere: the pixels of a picture that are not black, or the numbers of an `.npy` array
 * that are not 0.
 * @throws FILE if it cannot be read; INVALID_INPUT, INVALID_IMAGE if it is no picture and no `[h, w]` array
 */
export async function readRegion(path: string): Promise<FloatTensor> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : message
    throw new SaliencyError('FILE', `The mask ${path} cannot be read: ${why}`, { cause })
  })
  if (extension(path) === 'npy') {
    const { data, shape } = parseNpy(bytes, path)
    const [height, width] = shape.filter((size, axis) => size !== 1 || axis >= shape.length - 2)
    if (height === undefined || width === undefined || height * width !== data.length)
      throw new SaliencyError(
        'INVALID_INPUT',
        `${path} has the shape [${shape.join(', ')}]; a mask is [h, w]`,
      )
    const lost = data.findIndex((value) => Number.isNaN(value))
    if (lost >= 0)
      throw new SaliencyError(
        'INVALID_INPUT',
        `${path} is no number at [${Math.floor(lost / width)}, ${lost % width}]; write 0 outside of the region, and 1 inside`,
      )
    return tensor(
      Float32Array.from(data, (value) => Number(value !== 0)),
      [height, width],
    )
  }
  const { data, height, width } = await decodeImage(bytes, path)
  const inside = (pixel: number) => data.subarray(pixel * 3, pixel * 3 + 3).some((value) => value !== 0)
  return tensor(
    Float32Array.from({ length: height * width }, (_, pixel) => Number(inside(pixel))),
    [height, width],
  )
}
