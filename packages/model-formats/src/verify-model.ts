import {
  counted,
  createRandom,
  float16ToNumber,
  numberToFloat16,
  SaliencyError,
  tensor,
  type Engine,
  type FloatTensor,
  type Random,
} from '@saliency/core'
import type { ImportedModel } from './imported-model.ts'

/** The library a model file was made for, running the file itself. */
export interface SourceRuntime {
  /** Name and version, for messages. */
  readonly id: string
  /** The element type of its images, `float32` where it is not said. */
  readonly numbers?: string
  /** The model's output for images `[n, c, h, w]`, as the file has it: `[n, k]`, a final softmax included. */
  predict(images: FloatTensor): Promise<Float32Array>
  dispose(): Promise<void>
}

/** How to verify. */
export interface VerifySettings {
  /** Random images to compare; default 2. */
  readonly images?: number
  /** Default 0. */
  readonly seed?: number
  /** Largest difference allowed, for outputs up to 1; larger outputs may differ in proportion. Default 1e-4. */
  readonly tolerance?: number
}

/** Half precision has 11 bits: what a network of it returns is known to about a hundredth. */
const HALF_TOLERANCE = 1e-2

/** What images of an element type hold: normal noise, whole numbers 0 to 255 (to 127 where there is a sign), or the noise in half precision. */
function noiseOf(numbers: string | undefined, random: Random): number {
  if (numbers === 'float16') return float16ToNumber(numberToFloat16(random.normal()))
  if (numbers?.startsWith('float') ?? true) return random.normal()
  return random.integer(0, numbers === 'int8' ? 127 : 255)
}

/** What a verification found. */
export interface Verification {
  readonly source: string
  readonly engine: string
  readonly images: number
  /** Largest absolute difference of an output; Infinity where an output is no number. */
  readonly difference: number
  /** Largest absolute output of the source. */
  readonly magnitude: number
  readonly tolerance: number
  /** Whether the difference is within the tolerance, and every output of both is a finite number. */
  readonly passed: boolean
}

/** Random images `[n, c, h, w]` that the source can take as they are. */
export function randomImages(
  { model }: ImportedModel,
  { numbers }: SourceRuntime,
  count: number,
  seed: number,
): FloatTensor {
  const random = createRandom(seed, 'verify')
  const shape = [count, ...model.image.shape.slice(1).map(Number)]
  const size = shape.reduce((product, dim) => product * dim, 1)
  return tensor(
    Float32Array.from({ length: size }, () => noiseOf(numbers, random)),
    shape,
  )
}

/**
 * Compares an imported model on random images with the library that its file was made for.
 * @throws ENGINE when either cannot run; INVALID_MODEL when their outputs have different sizes.
 */
export async function verifyModel(
  imported: ImportedModel,
  source: SourceRuntime,
  engine: Engine,
  {
    images = 2,
    seed = 0,
    tolerance = source.numbers === 'float16' ? HALF_TOLERANCE : 1e-4,
  }: VerifySettings = {},
): Promise<Verification> {
  const batch = randomImages(imported, source, images, seed)
  const expected = await source.predict(batch)
  const session = await engine.open({ outputs: { scores: imported.scores } }, imported.weights)
  const { scores } = await session.run({ image: batch }).finally(() => session.dispose())
  const actual = scores?.data as Float32Array
  if (actual.length !== expected.length) {
    const message = `The model returns ${counted(actual.length, 'number')}, ${source.id} ${expected.length} for the same images.`
    throw new SaliencyError('INVALID_MODEL', message)
  }
  let [difference, magnitude] = [0, 0]
  for (const [index, value] of expected.entries()) {
    const apart = Math.abs(value - (actual[index] as number))
    // An infinite output would allow any difference.
    difference = Number.isFinite(apart) ? Math.max(difference, apart) : Infinity
    magnitude = Math.max(magnitude, Math.abs(value))
  }
  const passed = Number.isFinite(difference) && difference <= tolerance * Math.max(1, magnitude)
  return { source: source.id, engine: engine.id, images, difference, magnitude, tolerance, passed }
}
