import { createRandom, tensor, type FloatTensor } from '@saliency/core'
import { mapError } from '@saliency/testing'

/** How far the engines' maps may lie apart, as a share of the largest value. */
const tolerance = 1e-3

/** How many times its own unsteadiness two engines' maps may lie apart: a dozen moves need not find the worst. */
const margin = 3

/** How many times each picture is moved. */
export const copies = 12

/**
 * A picture `[1, c, h, w]` moved {@link copies} times: every pixel by up to 2⁻²¹ of the largest, a few units in the last
 * place, which is what rounding in the layers amounts to.
 */
export function moved({ data, shape }: FloatTensor): FloatTensor {
  const random = createRandom('moved')
  const step = 2 ** -21 * data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const length = copies * data.length
  const values = Float32Array.from({ length }, (_, index) => {
    return Number(data[index % data.length]) + step * (2 * random.uniform() - 1)
  })
  return tensor(values, [copies, ...shape.slice(1)])
}

/** How far one engine's own map `[1, …]` moves with its picture, as a share of its largest value. */
export function unsteadiness({ data, shape }: FloatTensor, ofMoved: FloatTensor): number {
  const still = Float32Array.from({ length: copies * data.length }, (_, index) =>
    Number(data[index % data.length]),
  )
  return Math.max(...mapError(ofMoved, tensor(still, [copies, ...shape.slice(1)])).largest)
}

/** Whether single precision determines a map to within the tolerance. */
export function isSteady(moves: number): boolean {
  return margin * moves <= tolerance
}

/**
 * How far two engines may lie apart: by the tolerance where the map is steady; else by a few times what the last bits of the
 * picture do to it in one engine, since then a ReLU, a maximum, a threshold or a denominator is within rounding of zero.
 */
export function allowed(moves: number): number {
  return Math.max(tolerance, margin * moves)
}
