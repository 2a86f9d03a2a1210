import { createRandom } from '@saliency/core'
import { encodeModel } from '@saliency/onnx-proto'
import { expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import { compareOnnx, floats, integers, node, onnxModel, type OnnxParts } from './onnx-model.ts'

/** What the pool reads, without the batch: `[c, l]`, `[c, h, w]` or `[c, d, h, w]` of 252 numbers. */
const shapes = { 1: [4, 63], 2: [4, 9, 7], 3: [2, 2, 9, 7] } as const
type Axes = keyof typeof shapes

interface Window {
  readonly kernel_shape: readonly number[]
  readonly strides?: readonly number[]
  readonly pads?: readonly number[]
  readonly dilations?: readonly number[]
  readonly ceil_mode?: number
  readonly count_include_pad?: number
  readonly auto_pad?: string
}

/** A convolution, and what it gives pooled as the scores. */
function pooled(op: string, { ...window }: Window, shape: readonly number[]): OnnxParts {
  return {
    opset: 19,
    nodes: [
      node('Conv', ['image', 'weight'], 'x', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      node('Reshape', ['x', 'shape'], 'read'),
      node(op, ['read'], 'y', window),
      node('Flatten', ['y'], 'scores'),
    ],
    initializers: [floats('weight', [4, 3, 3, 3]), integers('shape', [0, ...shape])],
  }
}

const exported: Readonly<Record<string, readonly [Window, Axes]>> = {
  'larger than the image': [{ kernel_shape: [640, 640], strides: [640, 640], ceil_mode: 1 }, 2],
  'taller than the image': [{ kernel_shape: [11, 3], strides: [4, 2], ceil_mode: 1 }, 2],
  'larger than the padded image': [
    { kernel_shape: [14, 11], strides: [5, 4], pads: [1, 2, 2, 0], ceil_mode: 1 },
    2,
  ],
  'larger by its dilations': [
    { kernel_shape: [4, 3], strides: [3, 7], dilations: [3, 4], pads: [0, 0, 0, 1], ceil_mode: 1 },
    2,
  ],
  'over one axis': [{ kernel_shape: [5], strides: [3], pads: [2, 1] }, 1],
  'over one axis, cut': [{ kernel_shape: [4], strides: [4], ceil_mode: 1 }, 1],
  'over one axis, larger': [{ kernel_shape: [80], strides: [80], ceil_mode: 1, pads: [3, 3] }, 1],
  'over one axis, SAME': [{ kernel_shape: [4], strides: [2], auto_pad: 'SAME_LOWER' }, 1],
  'over three axes': [{ kernel_shape: [2, 3, 2], strides: [1, 2, 3], pads: [1, 1, 0, 1, 0, 1] }, 3],
  'over three axes, cut and dilated': [
    { kernel_shape: [2, 3, 2], strides: [2, 3, 2], dilations: [1, 2, 3], ceil_mode: 1 },
    3,
  ],
  'over three axes, larger': [{ kernel_shape: [3, 10, 9], strides: [3, 5, 9], ceil_mode: 1 }, 3],
  'over three axes, SAME': [{ kernel_shape: [2, 2, 3], strides: [2, 2, 2], auto_pad: 'SAME_UPPER' }, 3],
}

const pools = [
  ['MaxPool', {}],
  ['AveragePool', { count_include_pad: 0 }],
  ['AveragePool', { count_include_pad: 1 }],
] as const

const named = Object.entries(exported).flatMap(([name, [window, axes]]) =>
  pools.map(([op, counted]) => [op, name, { ...window, ...counted }, axes] as const),
)

test.each(named)('%s with a window %s: %j', async (op, _, window, axes) => {
  const { difference } = await compareOnnx(pooled(op, window, shapes[axes]))
  expect(difference).toBeLessThan(1e-5)
})

/** A window that fits the padded `size`, or with ceil_mode reaches beyond it by less than a stride. */
function drawn(seed: number): readonly [string, Window, Axes] {
  const random = createRandom('onnx-pools', seed)
  const below = (end: number) => Math.floor(random.uniform() * end)
  const axes = (1 + below(3)) as Axes
  const size = shapes[axes].slice(1)
  const [op, counted] = pools[below(3)] as (typeof pools)[number]
  const ceil = below(3) > 0 ? 1 : 0
  const along = size.map((length) => {
    const [dilation, stride] = [1 + below(3), 1 + below(8)]
    const reach = length + ceil * (stride - 1)
    const kernel = 1 + below(Math.floor((reach - 1) / dilation) + 1)
    const pad = () => below(Math.min(3, kernel))
    return { dilation, stride, kernel, pads: dilation === 1 ? [pad(), pad()] : [0, 0] }
  })
  const window = {
    kernel_shape: along.map(({ kernel }) => kernel),
    strides: along.map(({ stride }) => stride),
    dilations: along.map(({ dilation }) => dilation),
    pads: [0, 1].flatMap((side) => along.map(({ pads }) => pads[side] as number)),
    ceil_mode: ceil,
  }
  return [op, { ...window, ...counted }, axes]
}

test.each(Array.from({ length: 20 }, (_, seed) => drawn(seed)))('%s %j', async (op, window, axes) => {
  const { difference } = await compareOnnx(pooled(op, window, shapes[axes]))
  expect(difference).toBeLessThan(1e-5)
})

test('a window larger than the image is refused where the file does not let windows be cut', async () => {
  const bytes = encodeModel(onnxModel(pooled('AveragePool', { kernel_shape: [12, 3] }, shapes[2])))
  await expect(importOnnx(bytes)).rejects.toThrow(
    "AveragePool in layer 'y' cannot take inputs [1, 4, 9, 7]: the 12×3 window does not fit 9×7.",
  )
})

/** A window of padded values that are negative at many places: what a pool adds itself is no number, what a Pad adds is 0. */
test.each([
  ['MaxPool', { kernel_shape: [3, 3], strides: [2, 2] }],
  ['MaxPool', { kernel_shape: [2, 3], strides: [1, 2], pads: [1, 0, 0, 1] }],
  ['MaxPool', { kernel_shape: [1, 1], strides: [2, 2] }],
  ['AveragePool', { kernel_shape: [3, 3], strides: [2, 2] }],
  ['AveragePool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
  ['AveragePool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }],
])('%s %j of an image padded with zeros', async (op, window) => {
  const { nodes, initializers = [], ...rest } = pooled(op, window, shapes[2])
  const [conv, , pool, flatten] = nodes
  const padded = { ...pool, input: ['padded'] }
  const { difference } = await compareOnnx({
    ...rest,
    nodes: [conv!, node('Pad', ['x', 'pads'], 'padded'), padded, flatten!],
    initializers: [...initializers, integers('pads', [0, 0, 1, 1, 0, 0, 1, 1])],
  })
  expect(difference).toBeLessThan(1e-5)
})
