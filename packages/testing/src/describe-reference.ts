import {
  createRandom,
  tensor,
  type FloatTensor,
  type LoadedModel,
  type Method,
  type Options,
} from '@saliency/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explainWith } from './explain-with.ts'
import { mapError, median } from './map-error.ts'
import {
  hasReference,
  openReference,
  type Reference,
  type ReferenceFile,
  referenceFiles,
  type ReferenceName,
  type ReferenceTarget,
} from './reference.ts'
import { rowOf, stack } from './rows.ts'
import { oneHot } from './seeded-weights.ts'

/** Which variant a reference map belongs to, and what float32 may do to it. */
export interface ReferenceRow {
  /** The reference map's name. */
  readonly map: string
  readonly variant: string
  /** Overrides of the variant's options. */
  readonly options?: Options
  /** Least share of all values within 1e-4 of the largest magnitude; default 0.99. */
  readonly share?: number
  /**
   * Images that may miss `share`, and why: where a method compares values, two that lie closer than float32 resolves may
   * swap, and a whole path opens or closes.
   */
  readonly exceptions?: {
    /** The file whose map it is; both where a machine's order of summation decides. */
    readonly file?: ReferenceFile
    readonly target: ReferenceTarget
    readonly images: number
    readonly reason: string
  }
  /** Largest relative L2 error of the whole map; default 2e-2. */
  readonly relativeL2?: number
  /** Largest relative L2 error of any one image; default: none is promised. */
  readonly worst?: number
  /**
   * For maps that divide by totals near zero: an image whose own map moves by more than a tenth of `worst` when the last bits
   * of its pixels change cannot be compared in float32 on every processor. Such images, a third of all at most, are left out.
   */
  readonly illConditioned?: true
  /** Largest median over images of the relative L2 error; default 1e-4, `null` where none is promised. */
  readonly median?: number | null
  /** The files on which the map is comparable; default both. */
  readonly files?: readonly ReferenceFile[]
}

/** What a comparison needs besides its rows. */
export interface ReferenceSettings {
  readonly methods?: readonly Method[]
  /** The network whose maps are meant; default ResNet-20. */
  readonly reference?: ReferenceName
}

const targets: readonly ReferenceTarget[] = ['label', 'other']

/** Prints the errors found, with `SALIENCY_PARITY=1`. */
function report(lines: readonly string[]): void {
  if (process.env['SALIENCY_PARITY']) process.stdout.write(`${lines.join('\n')}\n`)
}

/** The relative L2 error over all images at once. */
function overall(actual: FloatTensor, expected: FloatTensor): number {
  const whole = ({ data, shape, dtype }: FloatTensor): FloatTensor => ({
    data,
    dtype,
    shape: [1, 1, 1, shape.reduce((product, dim) => product * dim, 1)],
  })
  return Number(mapError(whole(actual), whole(expected)).relativeL2[0])
}

function compare(row: ReferenceRow, actual: FloatTensor, expected: FloatTensor, excepted: number): string {
  const { relativeL2, share } = mapError(actual, expected)
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const within = mean(share.toSorted((a, b) => a - b).slice(excepted))
  const [total, middle] = [overall(actual, expected), median(relativeL2)]
  expect(within, 'share of values within 1e-4 of the largest').toBeGreaterThanOrEqual(row.share ?? 0.99)
  expect(total, 'relative L2 error').toBeLessThanOrEqual(row.relativeL2 ?? 2e-2)
  if (row.median !== null) {
    expect(middle, 'median relative L2 error').toBeLessThanOrEqual(row.median ?? 1e-4)
  }
  const largest = Math.max(...relativeL2)
  expect(largest, 'largest relative L2 error of an image').toBeLessThanOrEqual(row.worst ?? Infinity)
  return `largest ${largest.toExponential(1)}  median ${middle.toExponential(1)}  within 1e-4: ${(100 * mean(share)).toFixed(2)} %`
}

/** The images with every pixel one bit larger or smaller. */
function inOtherBits({ data, shape }: FloatTensor, draw: number): FloatTensor {
  const random = createRandom('last bits', draw)
  const step = () => (random.uniform() < 0.5 ? -1 : 1) * 2 ** -23
  return tensor(
    data.map((value) => value * (1 + step())),
    shape,
  )
}

/** The images whose maps stay where they are when the last bits of the images change, in three draws. */
async function steadyImages(
  explained: (images: FloatTensor) => Promise<FloatTensor>,
  images: FloatTensor,
  limit: number,
): Promise<number[]> {
  const map = await explained(images)
  const moved = await Promise.all(
    [1, 2, 3].map(async (draw) => mapError(await explained(inOtherBits(images, draw)), map).relativeL2),
  )
  const all = Array.from({ length: Number(images.shape[0]) }, (_, image) => image)
  const steady = all.filter((image) => moved.every((errors) => Number(errors[image]) <= limit))
  expect(steady.length, 'images whose maps are not rounding').toBeGreaterThanOrEqual((2 / 3) * all.length)
  return steady
}

/**
 * Compares a method's maps with independently computed ones, for both targets and both model files; skipped, visibly,
 * where the reference data is missing.
 */
export function describeReference(
  method: Method,
  rows: readonly ReferenceRow[],
  { methods = [], reference: name = 'cifar10-resnet20' }: ReferenceSettings = {},
): void {
  describe.skipIf(!hasReference)(`${method.id}: reference maps of ${name}`, () => {
    const lines: string[] = []
    let reference: Reference
    beforeAll(async () => {
      reference = await openReference(name)
    })
    afterAll(() => report(lines))

    describe.each<ReferenceFile>(referenceFiles[name])('%s', (file) => {
      let network: LoadedModel
      beforeAll(async () => {
        network = await reference.model(file)
      })
      const applicable = rows.filter((row) => row.files?.includes(file) ?? true)
      const cases = applicable.flatMap((row) => targets.map((target) => ({ ...row, target })))
      it.each(cases)('$target/$map is $variant', async ({ target, ...row }) => {
        const { variant, options = {} } = row
        const direction = oneHot(network.model, reference.targets[target])
        const inputs = reference.images
        const request = { ...network, method, methods, variants: [variant], options, direction }
        const explained = async (images: FloatTensor) =>
          (await explainWith({ ...request, inputs: images })).get(variant) as FloatTensor
        const { exceptions, illConditioned, worst = Infinity } = row
        const isExcepted = exceptions?.target === target && (exceptions.file ?? file) === file
        let [actual, expected] = [await explained(inputs), reference.map(target, row.map)]
        if (illConditioned && Math.max(...mapError(actual, expected).relativeL2) > worst) {
          const steady = await steadyImages(explained, inputs, worst / 10)
          const kept = (maps: FloatTensor) => stack(steady.map((image) => rowOf(maps, image)))
          ;[actual, expected] = [kept(actual), kept(expected)]
        }
        const line = compare(row, actual, expected, isExcepted ? exceptions.images : 0)
        lines.push(`${file.padEnd(10)}  ${`${target}/${row.map}`.padEnd(62)}  ${line}`)
      })
    })
  })
}
