import { SaliencyError } from '@saliency/core'
import { dataTypes, encodeModel, type ModelProto } from '@saliency/onnx-proto'
import { expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import { floats, integers, node, onnxModel, type OnnxParts } from './onnx-model.ts'

const initializers = [floats('w', [4, 3, 3, 3]), floats('hw', [3, 4])]
const conv = node('Conv', ['image', 'w'], 'c', { kernel_shape: [3, 3] })
const rest = [
  node('GlobalAveragePool', ['r'], 'p'),
  node('Flatten', ['p'], 'f'),
  node('Gemm', ['f', 'hw'], 'scores', { transB: 1 }),
]
const good: OnnxParts = { nodes: [conv, node('Relu', ['c'], 'r'), ...rest], initializers }

async function errorOf(bytes: Uint8Array): Promise<SaliencyError> {
  const error: unknown = await importOnnx(bytes).catch((reason: unknown) => reason)
  expect(SaliencyError.is(error), String(error)).toBe(true)
  return error as SaliencyError
}

test('the unchanged model loads', async () => {
  await expect(importOnnx(encodeModel(onnxModel(good)))).resolves.toBeDefined()
})

test('every unsupported node is listed, with the nearest supported operator', async () => {
  const nodes = [
    conv,
    node('Reluu', ['c'], 'r1'),
    { ...node('Folded', ['r1'], 'r2'), domain: 'com.example' },
    node('MaxPool', ['c'], ['m', 'indices'], { kernel_shape: [2, 2] }),
    node('Add', ['r2', 'm'], 'r'),
    ...rest,
  ]
  const { code, message } = await errorOf(encodeModel(onnxModel({ nodes, initializers })))
  expect(code).toBe('UNSUPPORTED_MODEL')
  expect(message).toContain('r1 (Reluu): is not supported (the nearest that is: Relu)')
  expect(message).toContain('r2 (com.example.Folded)')
  expect(message).toContain('m (MaxPool): its second output')
  expect(message).not.toContain('Gemm')
})

test.each([8, 29])('operator set %i is refused', async (opset) => {
  const { code, message } = await errorOf(encodeModel(onnxModel({ ...good, opset })))
  expect(code).toBe('UNSUPPORTED_MODEL')
  expect(message).toContain(`operator set ${opset}; 9 to 28`)
})

const changed = (change: (model: ModelProto) => void): ModelProto => {
  const model = structuredClone(onnxModel(good))
  change(model)
  return model
}
const shaped = (dims: number[]) =>
  changed(
    ({ graph }) =>
      (graph!.input![0]!.type = {
        tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } },
      }),
  )

const broken: Record<string, [model: ModelProto, message: RegExp]> = {
  'no operator set': [changed((model) => (model.opsetImport = [])), /which operator set/],
  'a cycle': [
    onnxModel({
      nodes: [conv, node('Add', ['c', 'r'], 'a'), node('Relu', ['a'], 'r'), ...rest],
      initializers,
    }),
    /cycle/,
  ],
  'a value that nothing makes': [
    onnxModel({ nodes: [conv, node('Add', ['c', 'ghost'], 'r'), ...rest], initializers }),
    /'ghost', which nothing/,
  ],
  'an output that nothing makes': [onnxModel({ ...good, outputs: ['ghost'] }), /'ghost', which nothing/],
  'a missing weight': [onnxModel({ ...good, initializers: initializers.slice(1) }), /'w', which nothing/],
  'a truncated weight': [
    changed(
      ({ graph }) => (graph!.initializer![0]!.rawData = graph!.initializer![0]!.rawData!.subarray(0, 40)),
    ),
    /'w' declares \[4, 3, 3, 3\], 108 values, but the file holds 10/,
  ],
  'a huge declared shape': [
    changed(({ graph }) => (graph!.initializer![0]!.dims = [1e6, 1e6, 3, 3])),
    /\[1000000, 1000000, 3, 3\]/,
  ],
  'a huge computed constant': [
    onnxModel({
      nodes: [conv, node('ConstantOfShape', ['huge'], 'k'), node('Add', ['c', 'k'], 'r'), ...rest],
      initializers: [...initializers, integers('huge', [1e5, 1e5, 1e5])],
    }),
    /\[100000, 100000, 100000\]/,
  ],
  // A few bytes that ask for gigabytes: the shape holds fewer values than a weight may have.
  'a large computed constant': [
    onnxModel({
      nodes: [conv, node('ConstantOfShape', ['large'], 'k'), node('Add', ['c', 'k'], 'r'), ...rest],
      initializers: [...initializers, integers('large', [16384, 32768])],
    }),
    /'k' would be computed with the shape \[16384, 32768\], 536870912 values/,
  ],
  'a large range': [
    onnxModel({
      nodes: [conv, node('Range', ['zero', 'end', 'one'], 'k'), node('Add', ['c', 'k'], 'r'), ...rest],
      initializers: [
        ...initializers,
        integers('zero', [0], []),
        integers('end', [3e8], []),
        integers('one', [1], []),
      ],
    }),
    /'k' would be computed with the shape \[300000000\]/,
  ],
  'a constant spread far': [
    onnxModel({
      nodes: [conv, node('Expand', ['hw', 'far'], 'k'), node('Add', ['c', 'k'], 'r'), ...rest],
      initializers: [...initializers, integers('far', [20_000_000, 3, 4])],
    }),
    /A constant would be computed with the shape \[20000000, 3, 4\]/,
  ],
  'a feature map padded to gigabytes': [
    onnxModel({
      nodes: [conv, node('Pad', ['c', 'pads'], 'r'), ...rest],
      initializers: [...initializers, integers('pads', [0, 0, 0, 0, 0, 0, 2_000_000, 2_000_000])],
    }),
    /values an image, more than any engine holds/,
  ],
  'a weight of texts': [
    changed(({ graph }) => (graph!.initializer![0]!.dataType = dataTypes.string)),
    /holds no numbers/,
  ],
  'shapes that contradict the weights': [
    shaped([1, 4, 9, 7]),
    /contradicts itself: Conv in layer 'c'.*expects 3 channels/s,
  ],
  'a huge image': [shaped([1, 3, 1e6, 1e6]), /1000000×1000000×3/],
  'an image of open size': [shaped([0, 3, 0, 0]), /any size.*imageSize/],
  'an input that is no image': [shaped([1, 10]), /2 axes; an image has four/],
  'two inputs': [
    changed(({ graph }) => graph!.input!.push({ name: 'more' })),
    /2 inputs \(image \[.+\]; more \[.*\]\).*a wrapper that takes/,
  ],
  'several outputs': [
    onnxModel({ ...good, outputs: ['scores', 'f'] }),
    /several outputs.*scores \[n, 3\]; f \[n, 4\]/,
  ],
  'an output that is no list of classes': [
    onnxModel({ ...good, outputs: ['r'] }),
    /no output is \[n, classes\]/,
  ],
  'an output that does not depend on the image': [
    onnxModel({ nodes: [node('Identity', ['hw'], 'scores')], initializers }),
    /does not depend on the image/,
  ],
}

test.each(Object.entries(broken))('%s', async (_, [model, message]) => {
  const error = await errorOf(encodeModel(model))
  expect(error.code).toBe('INVALID_MODEL')
  expect(error.message).toMatch(message)
})

test('a file that ends early, wherever it is cut, is refused or at least never loaded half', async () => {
  const bytes = encodeModel(onnxModel(good))
  for (let length = 0; length < bytes.length; length += 37) {
    const { code } = await errorOf(bytes.subarray(0, length))
    expect(['INVALID_MODEL', 'UNSUPPORTED_MODEL']).toContain(code)
  }
})

test('foreign bytes', async () => {
  const { code } = await errorOf(new TextEncoder().encode('This is a text and no network.'))
  expect(code).toBe('INVALID_MODEL')
})

test('layers that lack the same are one line, with their number and the first of them', async () => {
  const unknown = Array.from({ length: 12 }, (_, index) =>
    node('GridSample', [index === 0 ? 'c' : `g${index - 1}`, 'grid'], `g${index}`),
  )
  const nodes = [conv, ...unknown, node('Reluu', ['g11'], 'r'), ...rest]
  const { message } = await errorOf(
    encodeModel(onnxModel({ nodes, initializers: [...initializers, floats('grid', [1, 2, 2, 2])] })),
  )
  expect(message.split('\n')).toEqual([
    "13 layers of the model 'test' cannot be imported:",
    expect.stringMatching(/^ {2}g0 and 11 more \(GridSample\): is not supported/),
    '  r (Reluu): is not supported (the nearest that is: Relu)',
    expect.stringContaining('Export the model without them'),
  ])
})

test.each([
  [17, 'float8e4m3fn'],
  [22, 'int4'],
  [14, 'complex64'],
])(
  'weights of element type %i are refused by its name, with the layer that reads them',
  async (dataType, name) => {
    const weights = initializers.map((each) => ({ ...each, dataType }))
    const { code, message } = await errorOf(encodeModel(onnxModel({ ...good, initializers: weights })))
    expect(code).toBe('UNSUPPORTED_MODEL')
    expect(message).toContain(
      `  c (Conv): it reads ${name} values, which are not supported; explain the network in float32`,
    )
  },
)
