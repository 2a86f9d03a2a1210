import { encodeModel, type NodeProto, type TensorProto } from '@saliency/onnx-proto'
import { tensor } from '@saliency/core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { importOnnx, type ImportedModel } from '../src/index.ts'
import { floats, imagesFor, integers, node, onnxModel, type OnnxParts } from './onnx-model.ts'
import { gradientOf, largestDifference, logitsOf, relativeDistance } from './reference.ts'

/** A convolution to `[n, 4, 9, 7]`, `nodes` from `x` to `y [n, 12]`, and a dense layer behind them. */
const network = (
  nodes: readonly NodeProto[],
  initializers: readonly TensorProto[],
  batch: number | string = 1,
): OnnxParts => ({
  image: [batch, 3, 9, 7],
  nodes: [
    node('Conv', ['image', 'stem', 'stem.bias'], 'x', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
    ...nodes,
    node('Gemm', ['y', 'head'], 'scores', { transB: 1 }),
  ],
  initializers: [
    floats('stem', [4, 3, 3, 3]),
    floats('stem.bias', [4]),
    floats('head', [3, 12]),
    ...initializers,
  ],
})

/** ONNX Runtime on the file itself, image by image, and the import on all images at once. */
async function compare(parts: OnnxParts): Promise<ImportedModel> {
  const bytes = encodeModel(onnxModel(parts))
  const images = imagesFor({ ...parts, image: [3, 3, 9, 7] })
  const singles = [0, 1, 2].map((index) => images.data.subarray(index * 189, (index + 1) * 189))
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 })
  const imported = await importOnnx(bytes)
  const expected: number[] = []
  for (const single of singles) {
    const { scores } = await session.run({ image: new Tensor('float32', single, [1, 3, 9, 7]) })
    expected.push(...(scores?.data as Float32Array))
  }
  expect(largestDifference(await logitsOf(imported, images), expected)).toBeLessThan(1e-4)
  const gradients: number[] = []
  for (const single of singles)
    gradients.push(...(await gradientOf(imported, tensor(single, [1, 3, 9, 7]), 1)))
  expect(relativeDistance(await gradientOf(imported, images, 1), gradients)).toBeLessThan(1e-5)
  return imported
}

/** Tokens `[63, n, 4]`, as attention with the batch second reads them. */
const tokens = [
  node('Reshape', ['x', 'places'], 'rows'),
  node('Transpose', ['rows'], 'tokens', { perm: [2, 0, 1] }),
]
const places = integers('places', [0, 4, 63])

test.each([
  [
    'windows',
    [
      node('Reshape', ['x', 'split'], 'split.x'),
      node('Transpose', ['split.x'], 'windows', { perm: [0, 2, 1, 3, 4] }),
      node('Reshape', ['windows', 'apart'], 'apart.x'),
      node('Add', ['apart.x', 'mask'], 'masked'),
      node('Softmax', ['masked'], 'soft', { axis: -1 }),
      node('Reshape', ['soft', 'together'], 'together.x'),
      node('ReduceMean', ['together.x'], 'y', { axes: [-1], keepdims: 0 }),
    ],
    // A mask of three windows beside the windows of all images.
    [
      integers('split', [1, 4, 3, 3, 7]),
      integers('apart', [3, 4, 21]),
      floats('mask', [3, 1, 21]),
      integers('together', [1, 12, 21]),
    ],
  ],
  [
    'the batch second, and heads beside it',
    [
      ...tokens,
      node('Reshape', ['tokens', 'heads'], 'heads.x'),
      node('Transpose', ['heads.x'], 'q', { perm: [1, 0, 2] }),
      node('Transpose', ['heads.x'], 'k', { perm: [1, 2, 0] }),
      node('MatMul', ['q', 'k'], 'qk'),
      node('Softmax', ['qk'], 'a', { axis: -1 }),
      node('MatMul', ['a', 'q'], 'v'),
      node('Transpose', ['v'], 'back', { perm: [1, 0, 2] }),
      node('Reshape', ['back', 'rows.shape'], 'flat'),
      node('MatMul', ['flat', 'project'], 'projected'),
      node('Reshape', ['projected', 'tokens.shape'], 'all'),
      node('ReduceMean', ['all'], 'mean', { axes: [0], keepdims: 0 }),
      node('Relu', ['mean'], 'y'),
    ],
    [
      places,
      integers('heads', [63, 2, 2]),
      integers('rows.shape', [63, 4]),
      floats('project', [4, 12]),
      integers('tokens.shape', [63, 1, 12]),
    ],
  ],
  [
    'no batch at all between Squeeze and Unsqueeze',
    [
      node('Squeeze', ['x', 'first'], 'image.x'),
      node('ReduceMax', ['image.x'], 'rows', { axes: [2], keepdims: 0 }),
      node('Slice', ['rows', 'from', 'to', 'columns'], 'few'),
      node('Unsqueeze', ['few', 'first'], 'batch'),
      node('Flatten', ['batch'], 'y'),
    ],
    [integers('first', [0]), integers('from', [0]), integers('to', [3]), integers('columns', [1])],
  ],
])('a batch of 1 folded away is put back: %s', async (_, nodes, initializers) => {
  const { model } = await compare(network(nodes, initializers))
  expect(model.logits.shape).toEqual(['n', 3])
  expect(model.graph.batch).toBeUndefined()
})

/** Attention of `[n, 63, 4]` as if it were `[63, n, 4]`: a known mistake, by which images attend to each other. */
const overTheBatch = [
  node('Reshape', ['x', 'places'], 'rows'),
  node('Transpose', ['rows'], 'tokens', { perm: [2, 0, 1] }),
  node('Softmax', ['tokens'], 'soft', { axis: 1 }),
  node('Mul', ['soft', 'tokens'], 'mixed'),
  node('Transpose', ['mixed'], 'back', { perm: [1, 2, 0] }),
  node('Slice', ['back', 'from', 'to', 'columns'], 'few'),
  node('Flatten', ['few'], 'y'),
]
const cut = [places, integers('from', [0]), integers('to', [3]), integers('columns', [2])]

test.each([
  ['a softmax over the batch', overTheBatch, cut],
  [
    'one that joins the image and its mirror image along the batch',
    [
      node('Slice', ['x', 'from', 'to', 'columns', 'back'], 'mirrored'),
      node('Concat', ['x', 'mirrored'], 'both', { axis: 0 }),
      node('ReduceMax', ['both'], 'largest', { axes: [0, 3], keepdims: 0 }),
      node('Slice', ['largest', 'zero', 'three', 'one'], 'few'),
      node('Reshape', ['few', 'row'], 'y'),
    ],
    [
      integers('from', [-1]),
      integers('to', [-10]),
      integers('columns', [3]),
      integers('back', [-1]),
      integers('zero', [0]),
      integers('three', [3]),
      integers('one', [1]),
      integers('row', [1, 12]),
    ],
  ],
])('what mixes the images of a batch is run image by image: %s', async (_, nodes, initializers) => {
  for (const batch of [1, 'n']) {
    const { model } = await compare(network(nodes, initializers, batch))
    expect(model.graph.batch).toBe(1)
    expect(model.image.shape).toEqual([1, 3, 9, 7])
  }
})

test('a fixed batch of another size is refused with the remedy', async () => {
  const bytes = encodeModel(onnxModel(network([node('Flatten', ['x'], 'y')], [], 4)))
  await expect(importOnnx(bytes)).rejects.toThrow(/fixed batch of 4 images\. Export it with an open batch/)
})
