import {
  backward,
  createGraph,
  tensor,
  type AveragePoolAttributes,
  type Engine,
  type Pads,
  type Pair,
} from '@saliency/core'
import { testEngine } from '@saliency/testing'
import { expect, test } from 'vitest'
import { openTfjs } from '../src/index.ts'

interface Pool {
  readonly size: Pair
  readonly kernel: Pair
  readonly strides: Pair
  readonly pads: Pads
  readonly dilations?: Pair
  readonly ceilMode?: boolean
  /** `[h', w']` as torch has it. */
  readonly result: Pair
}

/** Each window's positions inside the image, and how many an average that counts pads divides by. */
function windows({ size, kernel, strides, pads, dilations = [1, 1], result }: Pool) {
  const along = (axis: 0 | 1, window: number) =>
    Array.from(
      { length: kernel[axis] },
      (_, tap) => window * strides[axis] - pads[axis] + tap * dilations[axis],
    )
  const list: { inside: number[]; padded: number }[] = []
  for (let row = 0; row < result[0]; row++) {
    for (let column = 0; column < result[1]; column++) {
      const [rows, columns] = [along(0, row), along(1, column)]
      const cells = rows.flatMap((y) => columns.map((x) => [y, x] as const))
      const isIn = (low: Pair, high: Pair) =>
        cells.filter(([y, x]) => y >= low[0] && y < high[0] && x >= low[1] && x < high[1])
      list.push({
        inside: isIn([0, 0], size).map(([y, x]) => y * size[1] + x),
        padded: isIn([-pads[0], -pads[1]], [size[0] + pads[2], size[1] + pads[3]]).length,
      })
    }
  }
  return list
}

const pools: readonly (readonly [string, Pool])[] = [
  // torch drops a last window that would start behind the image: 5 pixels give 2 windows, not 3.
  [
    'the last window lies in the padding, 5 pixels',
    { size: [5, 5], kernel: [3, 3], strides: [3, 3], pads: [1, 1, 1, 1], ceilMode: true, result: [2, 2] },
  ],
  [
    'the last window lies in the padding, 8 pixels',
    { size: [8, 8], kernel: [3, 3], strides: [3, 3], pads: [1, 1, 1, 1], ceilMode: true, result: [3, 3] },
  ],
  [
    'the last window is cut',
    { size: [6, 8], kernel: [3, 2], strides: [2, 3], pads: [0, 0, 0, 0], ceilMode: true, result: [3, 3] },
  ],
  [
    'the last window reaches beyond the padding',
    { size: [7, 6], kernel: [4, 3], strides: [3, 2], pads: [1, 0, 1, 0], ceilMode: true, result: [3, 3] },
  ],
  [
    'windows of one pixel, two apart',
    { size: [5, 6], kernel: [1, 1], strides: [2, 2], pads: [0, 0, 0, 0], ceilMode: true, result: [3, 3] },
  ],
  [
    'the window is larger than the image',
    { size: [2, 3], kernel: [64, 5], strides: [64, 5], pads: [0, 1, 0, 0], ceilMode: true, result: [1, 1] },
  ],
  [
    'dilated windows',
    { size: [7, 8], kernel: [3, 2], strides: [1, 2], pads: [1, 0, 1, 0], dilations: [2, 3], result: [5, 3] },
  ],
  [
    'dilated windows, the last cut',
    {
      size: [8, 7],
      kernel: [2, 2],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      dilations: [2, 2],
      ceilMode: true,
      result: [5, 4],
    },
  ],
]

const engines: readonly (readonly [string, () => Promise<Engine>])[] = [
  ['ONNX Runtime', testEngine],
  ['TensorFlow.js', () => openTfjs({ backend: 'cpu' })],
]

/** Values and the gradient of Σ weightᵢ · outputᵢ, of maxima and both kinds of averages. */
async function compare(engine: Engine, pool: Pool): Promise<void> {
  const { size, result, kernel, strides, pads, dilations = [1, 1], ceilMode = false } = pool
  const area = size[0] * size[1]
  const pixels = Float32Array.from({ length: area }, (_, index) => ((index * 37) % 101) / 10 - 5)
  const weights = Float32Array.from({ length: result[0] * result[1] }, (_, index) => 1 + index / 2)
  const list = windows(pool)
  const attributes: AveragePoolAttributes = {
    kernel,
    strides,
    pads,
    dilations,
    ceilMode,
    countIncludePad: false,
  }
  for (const kind of ['maximum', 'average', 'average with pads'] as const) {
    const { ops } = createGraph()
    const image = ops.input('image', ['n', 1, ...size])
    const y =
      kind === 'maximum'
        ? ops.maxPool(image, attributes)
        : ops.averagePool(image, { ...attributes, countIncludePad: kind === 'average with pads' })
    expect(y.shape).toEqual(['n', 1, ...result])
    const seed = ops.input('seed', y.shape)
    const signal = backward({ from: y, start: seed }).at(image)
    const session = await engine.open({ outputs: { y, signal } }, new Map())
    const found = await session.run({
      image: tensor(pixels, [1, 1, ...size]),
      seed: tensor(weights, [1, 1, ...result]),
    })
    await session.dispose()

    const gradient = new Float32Array(area)
    const values = list.map(({ inside, padded }, window) => {
      const weight = weights[window] as number
      if (kind === 'maximum') {
        const best = inside.reduce((a, b) => ((pixels[b] as number) > (pixels[a] as number) ? b : a))
        gradient[best] = (gradient[best] as number) + weight
        return pixels[best] as number
      }
      const count = kind === 'average' ? inside.length : padded
      for (const at of inside) gradient[at] = (gradient[at] as number) + weight / count
      return inside.reduce((sum, at) => sum + (pixels[at] as number), 0) / count
    })
    const close = (actual: ArrayLike<number>, wanted: ArrayLike<number>) =>
      expect(
        Math.max(...Array.from(wanted, (value, index) => Math.abs(value - (actual[index] as number)))),
      ).toBeLessThan(1e-5)
    close(found['y']?.data as Float32Array, values)
    close(found['signal']?.data as Float32Array, gradient)
  }
}

test.each(
  engines.flatMap(([engine, open]) => pools.map(([name, pool]) => [engine, name, open, pool] as const)),
)('%s: %s', async (_, __, open, pool) => compare(await open(), pool))
