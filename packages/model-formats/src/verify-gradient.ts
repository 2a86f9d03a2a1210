import { backward, type Engine, type FloatTensor, tensor } from '@saliency/core'
import type { ImportedModel } from './imported-model.ts'
import { randomImages, type SourceRuntime } from './verify-model.ts'

/** What a comparison of gradients found. */
export interface GradientVerification {
  readonly source: string
  readonly pixels: number
  /** Largest difference from a central difference, as a part of the largest gradient. */
  readonly difference: number
  readonly tolerance: number
  /** Undefined where the source's output hardly changes, so that its differences are rounding. */
  readonly passed?: boolean
}

const PIXELS = 4
/** What a kink of a ReLU between the two images, and float32, leave of the agreement. */
const TOLERANCE = 0.05
/** Relative precision of one output of the source. */
const precision = { float16: 1e-3, other: 1e-6 }

/** Steps that the source's images can take: whole numbers where they are bytes. */
function stepsFor(numbers = 'float32'): readonly number[] {
  if (numbers === 'float16') return [0.5, 0.25, 0.125]
  return numbers.startsWith('float') ? [0.1, 0.02, 0.004, 1e-3, 3e-4] : [2, 8, 32]
}

/** The gradient of output `c` by the image, as this product computes it. */
async function ownGradient({ model, weights }: ImportedModel, engine: Engine, image: FloatTensor, c: number) {
  const { scores, graph } = model
  const start = graph.ops.input('direction', scores.shape)
  const gradient = backward({ from: scores, start, until: model.image }).at(model.image)
  const direction = new Float32Array(scores.shape.slice(1).reduce<number>((a, b) => a * Number(b), 1))
  direction[c] = 1
  const session = await engine.open({ outputs: { gradient } }, weights)
  const feeds = { image, direction: tensor(direction, [1, ...scores.shape.slice(1).map(Number)]) }
  const result = await session.run(feeds).finally(() => session.dispose())
  return result['gradient']?.data as Float32Array
}

/** Output `c` of the source half-way between the two images that a step of one pixel away gives, per step. */
async function centralDifference(
  source: SourceRuntime,
  image: FloatTensor,
  at: number,
  c: number,
  step: number,
) {
  const { data, shape } = image
  const both = new Float32Array(data.length * 2)
  both.set(data as Float32Array)
  both.set(data as Float32Array, data.length)
  both[at]! += step
  both[data.length + at]! -= step
  const outputs = await source.predict(tensor(both, [2, ...shape.slice(1)]))
  const k = outputs.length / 2
  return ((outputs[c] as number) - (outputs[k + c] as number)) / (2 * step)
}

/**
 * Compares the gradient of the file's largest output by a few pixels with central differences that the file's own library
 * computes, on one random image; the pixels are those with the largest gradients.
 * @throws ENGINE when either cannot run; NO_GRADIENT where an operator has none
 */
export async function verifyGradient(
  imported: ImportedModel,
  source: SourceRuntime,
  engine: Engine,
): Promise<GradientVerification> {
  const image = randomImages(imported, source, 1, 1)
  const outputs = await source.predict(image)
  const c = outputs.indexOf(outputs.reduce((a, b) => Math.max(a, b), -Infinity))
  const gradient = await ownGradient(imported, engine, image, c)
  const steps = stepsFor(source.numbers)
  const room = Math.max(...steps)
  const isByte = Number.isInteger(steps[0])
  const hasRoom = (at: number) =>
    !isByte || ((image.data[at] as number) >= room && (image.data[at] as number) <= 127 - room)
  const pixels = [...gradient.keys()]
    .filter(hasRoom)
    .toSorted((a, b) => Math.abs(gradient[b] as number) - Math.abs(gradient[a] as number))
    .slice(0, PIXELS)
  const largest = Math.abs(gradient[pixels[0] as number] as number)
  let worst = 0
  for (const at of pixels) {
    let nearest = Infinity
    for (const step of steps) {
      const difference = await centralDifference(source, image, at, c, step)
      nearest = Math.min(nearest, Math.abs(difference - (gradient[at] as number)))
      // A trained network bends within small steps, so that only the smallest may agree.
      if (nearest <= TOLERANCE * largest) break
    }
    worst = Math.max(worst, nearest)
  }
  const rounding =
    (precision[source.numbers === 'float16' ? 'float16' : 'other'] * Math.abs(outputs[c] ?? 1)) / room
  const difference = worst / largest
  const found = { source: source.id, pixels: pixels.length, difference, tolerance: TOLERANCE }
  // An output that hardly moves says nothing; one that differs by more than its rounding does.
  if (!(largest > rounding / TOLERANCE) && worst <= rounding) return found
  return { ...found, passed: difference <= TOLERANCE }
}
