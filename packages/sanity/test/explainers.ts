import { createRandom } from '@saliency/core'
import { SIDE, type Explainer } from './harness.ts'

const pixels = SIDE * SIDE

function noise(...key: (string | number)[]): Float32Array {
  const random = createRandom('explainer', ...key)
  return Float32Array.from({ length: pixels }, () => random.normal())
}

function mix(a: Float32Array, b: Float32Array, share: number): Float32Array {
  return a.map((value, i) => share * value + (1 - share) * b[i]!)
}

/** Everything of a condition but the image, in words. */
function words(condition: Parameters<Explainer>[1], target: number): string {
  return `${JSON.stringify(condition.weights)} ${target}`
}

/** Looks at the input and nothing else (what an edge detector does). */
export const inputOnly: Explainer = (image) => image.input.map((value) => value * value)

/** Sobel magnitude of the input: an edge detector. */
export const sobel: Explainer = ({ input }) => {
  const at = (y: number, x: number) =>
    input[Math.min(Math.max(y, 0), SIDE - 1) * SIDE + Math.min(Math.max(x, 0), SIDE - 1)]!
  return input.map((_, i) => {
    const [y, x] = [Math.floor(i / SIDE), i % SIDE]
    const side = (d: number) => at(y - 1, x + d) + 2 * at(y, x + d) + at(y + 1, x + d)
    const level = (d: number) => at(y + d, x - 1) + 2 * at(y + d, x) + at(y + d, x + 1)
    return Math.sqrt((side(1) - side(-1)) ** 2 + (level(1) - level(-1)) ** 2)
  })
}

/** Depends on everything: another map for every image, class and weight state. */
export const sensitive: Explainer = (image, condition, target) => noise(image.id, words(condition, target))

/** Mostly the image, a little of everything else. */
export const mostlyInput: Explainer = (image, condition, target) =>
  mix(noise(image.id), sensitive(image, condition, target), 0.85)

/** Nearly the same map for every image and condition. */
export const centred: Explainer = (image, condition, target) =>
  mix(
    Float32Array.from({ length: pixels }, (_, i) =>
      Math.exp(-(((i % SIDE) - 5.5) ** 2 + (Math.floor(i / SIDE) - 5.5) ** 2) / 20),
    ),
    sensitive(image, condition, target),
    0.95,
  )

/** The same map with another sign for other classes: information about the class in one bit. */
export const signFlipper: Explainer = (image, _condition, target) => {
  const map = noise(image.id)
  return target === image.label ? map : map.map((value) => -value)
}

/** The same value everywhere. */
export const constant: Explainer = () => new Float32Array(pixels).fill(0.5)

/** NaN for every fourth image. */
export const sometimesNaN: Explainer = (image, condition, target) =>
  Number(image.id.slice(-3)) % 4 === 0
    ? new Float32Array(pixels).fill(NaN)
    : sensitive(image, condition, target)
