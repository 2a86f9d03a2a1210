import { SaliencyError } from '@saliency/core'
import { dataTypes, encodeModel, type NodeProto, type TensorProto } from '@saliency/onnx-proto'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import {
  compareOnnx,
  floats,
  imagesFor,
  integers,
  node,
  onnxModel,
  positives,
  type OnnxParts,
} from './onnx-model.ts'
import { largestDifference, logitsOf } from './reference.ts'

const named = (name: string, made: NodeProto): NodeProto => ({ ...made, name })
const stem = [floats('w', [4, 3, 3, 3]), floats('b', [4])]
const head = [floats('hw', [3, 4]), floats('hb', [3])]
const conv = node('Conv', ['image', 'w', 'b'], 'c', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] })
const gemm = (input: string) => node('Gemm', [input, 'hw', 'hb'], 'scores', { transB: 1 })

/** A small net with everything PyTorch writes around a view: Shape, Gather, Unsqueeze, Concat, Reshape. */
const viewed: OnnxParts = {
  nodes: [
    conv,
    node('Relu', ['c'], 'r'),
    node('GlobalAveragePool', ['r'], 'p'),
    node('Shape', ['p'], 'shape'),
    node('Constant', [], 'zero', { value: integers('', [0], []) }),
    node('Gather', ['shape', 'zero'], 'batch', { axis: 0 }),
    node('Constant', [], 'axes', { value: integers('', [0]) }),
    node('Unsqueeze', ['batch', 'axes'], 'batches'),
    node('Constant', [], 'rest', { value: integers('', [-1]) }),
    node('Concat', ['batches', 'rest'], 'target', { axis: 0 }),
    node('Reshape', ['p', 'target'], 'flat'),
    gemm('flat'),
  ],
  initializers: [...stem, ...head],
}

describe('what files compute from shapes is evaluated while importing', () => {
  test('a view by the batch size', async () => {
    const { imported, difference } = await compareOnnx(viewed)
    expect(difference).toBeLessThan(1e-5)
    expect(imported.model.layers.map(({ name }) => name)).toEqual(['c', 'r', 'p', 'flat', 'scores'])
  })

  test('sizes multiplied, divided and compared', async () => {
    const { difference } = await compareOnnx({
      nodes: [
        conv,
        node('Shape', ['c'], 'shape'),
        node('Slice', ['shape', 'one', 'four'], 'sizes'),
        node('ReduceProd', ['sizes'], 'count', { keepdims: 1 }),
        node('Slice', ['shape', 'nought', 'one'], 'batch'),
        node('Mul', ['count', 'batch'], 'all'),
        node('Div', ['all', 'count'], 'again'),
        node('Equal', ['count', 'count'], 'same'),
        node('Where', ['same', 'count', 'four'], 'chosen'),
        node('Concat', ['again', 'chosen'], 'target', { axis: 0 }),
        node('Cast', ['target'], 'cast', { to: dataTypes.int64 }),
        node('Reshape', ['c', 'cast'], 'flat'),
        node('Gemm', ['flat', 'wide', 'hb'], 'scores', { transB: 1 }),
      ],
      initializers: [
        ...stem,
        ...head,
        floats('wide', [3, 252]),
        integers('one', [1]),
        integers('four', [4]),
        integers('nought', [0]),
      ],
    })
    expect(difference).toBeLessThan(1e-4)
  })

  test('a model exported for one image takes batches', async () => {
    const parts: OnnxParts = {
      image: [1, 3, 9, 7],
      nodes: [
        conv,
        node('GlobalAveragePool', ['c'], 'p'),
        node('Reshape', ['p', 'target'], 'flat'),
        gemm('flat'),
      ],
      initializers: [...stem, ...head, integers('target', [1, -1])],
    }
    const { imported, difference } = await compareOnnx(parts)
    expect(difference).toBeLessThan(1e-5)
    expect(imported.model.logits.shape).toEqual(['n', 3])
    const whole: OnnxParts = { ...parts, initializers: [...stem, ...head, integers('target', [1, 4])] }
    expect((await compareOnnx(whole)).imported.model.logits.shape).toEqual(['n', 3])
  })

  test('an unmerged batch norm keeps its parameters', async () => {
    const { imported, difference } = await compareOnnx({
      nodes: [
        conv,
        node('BatchNormalization', ['c', 's', 'o', 'm', 'v'], 'n'),
        node('GlobalAveragePool', ['n'], 'p'),
        node('Flatten', ['p'], 'f'),
        gemm('f'),
      ],
      initializers: [
        ...stem,
        ...head,
        positives('s', [4]),
        floats('o', [4]),
        floats('m', [4]),
        positives('v', [4]),
      ],
    })
    expect(difference).toBeLessThan(1e-4)
    expect(imported.model.layer('n').parameters.map(({ role }) => role)).toEqual([
      'gamma',
      'beta',
      'mean',
      'variance',
    ])
  })

  test('numbers in front of the first kernel are preprocessing, not parameters', async () => {
    const { imported } = await compareOnnx({
      nodes: [
        node('Sub', ['image', 'mean'], 'd'),
        node('Div', ['d', 'std'], 'e'),
        { ...conv, input: ['e', 'w', 'b'] },
        node('GlobalAveragePool', ['c'], 'p'),
        node('Flatten', ['p'], 'f'),
        gemm('f'),
      ],
      initializers: [...stem, ...head, floats('mean', [1, 3, 1, 1]), positives('std', [1, 3, 1, 1])],
    })
    expect([...imported.weights.keys()]).toEqual(['c/kernel', 'c/bias', 'scores/kernel', 'scores/bias'])
  })
})

describe('layers', () => {
  test('are named after PyTorch modules, and unique', async () => {
    const nodes = [
      named('/layer1/layer1.0/conv1/Conv', conv),
      named('/layer1/layer1.0/relu/Relu', node('Relu', ['c'], 'r1')),
      named('/layer1/layer1.0/relu_1/Relu', node('Relu', ['r1'], 'r2')),
      named('/layer1/layer1.0/Add', node('Add', ['r1', 'r2'], 'a')),
      named('', node('Add', ['a', 'r2'], 'a1')),
      named('', node('Add', ['a1', 'r2'], 'a2')),
      named('/avgpool/GlobalAveragePool', node('GlobalAveragePool', ['a2'], 'p')),
      named('/Flatten', node('Flatten', ['p'], 'f')),
      named('/fc/Gemm', gemm('f')),
    ]
    const { imported } = await compareOnnx({ nodes, initializers: [...stem, ...head] })
    expect(imported.model.layers.map(({ name }) => name)).toEqual([
      'layer1.0.conv1',
      'layer1.0.relu',
      'layer1.0.relu_1',
      'layer1.0.Add',
      'Add',
      'Add:2',
      'avgpool',
      'Flatten',
      'fc',
    ])
    expect(imported.model.layer('fc').kind).toBe('Gemm')
    expect([...imported.weights.keys()]).toContain('layer1.0.conv1/kernel')
  })

  test("are drawn by PyTorch's default, or Keras' where the file comes from there", async () => {
    const kernelOf = async (producer: string) => {
      const { imported } = await compareOnnx({ ...viewed, producer })
      return imported.model.layer('c').parameters
    }
    expect(await kernelOf('pytorch')).toMatchObject([
      { initializer: { name: 'variance-scaling', scale: 1 / 3, mode: 'fan_in', distribution: 'uniform' } },
      { initializer: { name: 'uniform', value: 1 / Math.sqrt(27) } },
    ])
    expect(await kernelOf('tf2onnx')).toMatchObject([
      { initializer: { scale: 1, mode: 'fan_avg' } },
      { initializer: { name: 'zeros' } },
    ])
  })

  test('a weight that two nodes use is one parameter', async () => {
    const { imported } = await compareOnnx({
      nodes: [
        conv,
        node('Conv', ['image', 'w', 'b'], 'c2', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
        node('Mul', ['c', 'c2'], 'm'),
        node('GlobalAveragePool', ['m'], 'p'),
        node('Flatten', ['p'], 'f'),
        gemm('f'),
      ],
      initializers: [...stem, ...head],
    })
    expect([...imported.weights.keys()]).toEqual(['c/kernel', 'c/bias', 'scores/kernel', 'scores/bias'])
    expect(imported.model.layer('c2').parameters.map(({ name }) => name)).toEqual(['c/kernel', 'c/bias'])
  })

  test('a final softmax is split off, also from [n, k, 1, 1]', async () => {
    const nodes = [
      conv,
      node('Conv', ['c', 'last'], 'd', { kernel_shape: [1, 1] }),
      node('GlobalAveragePool', ['d'], 'p'),
      node('Softmax', ['p'], 's', { axis: 1 }),
      node('Flatten', ['s'], 'scores'),
    ]
    const parts = { nodes, initializers: [...stem, floats('last', [5, 4, 1, 1])] }
    const { model } = await importOnnx(encodeModel(onnxModel(parts)))
    expect(model.head).toBe('softmax')
    expect(model.logits.shape).toEqual(['n', 5])
  })

  test('an input with channels last', async () => {
    const { imported, difference } = await compareOnnx({
      image: ['n', 9, 7, 3],
      nodes: [
        node('Transpose', ['image'], 't', { perm: [0, 3, 1, 2] }),
        { ...conv, input: ['t', 'w', 'b'] },
        node('GlobalAveragePool', ['c'], 'p'),
        node('Flatten', ['p'], 'f'),
        gemm('f'),
      ],
      initializers: [...stem, ...head],
    })
    expect(imported.model.image.shape).toEqual(['n', 3, 9, 7])
    expect(imported.input.layout).toBe('channels-last')
    expect(difference).toBeLessThan(1e-5)
  })
})

describe('weights', () => {
  const withKernel = (kernel: TensorProto): OnnxParts => ({
    ...viewed,
    initializers: [kernel, ...viewed.initializers!.slice(1)],
  })
  const stored = stem[0]?.rawData as Uint8Array

  test('in another file', async () => {
    const external: TensorProto = {
      name: 'w',
      dims: [4, 3, 3, 3],
      dataType: dataTypes.float32,
      dataLocation: 1,
      externalData: [
        { key: 'location', value: 'weights.bin' },
        { key: 'offset', value: '8' },
        { key: 'length', value: String(stored.length) },
      ],
    }
    const file = new Uint8Array([...new Uint8Array(8), ...stored])
    const bytes = encodeModel(onnxModel(withKernel(external)))
    const imported = await importOnnx(bytes, { read: async () => file })
    const images = imagesFor(viewed)
    const plain = await importOnnx(encodeModel(onnxModel(viewed)))
    expect(largestDifference(await logitsOf(imported, images), await logitsOf(plain, images))).toBe(0)
    await expect(importOnnx(bytes)).rejects.toThrow(/weights\.bin/)
    await expect(importOnnx(bytes, { read: async () => stored.subarray(0, 16) })).rejects.toThrow(/truncated/)
  })

  test.each(['../secret', '/etc/passwd', 'a/../../b', String.raw`..\secret`, 'C:/secret'])(
    'outside the folder (%s) are refused',
    async (path) => {
      const external: TensorProto = {
        name: 'w',
        dims: [4, 3, 3, 3],
        dataType: 1,
        dataLocation: 1,
        externalData: [{ key: 'location', value: path }],
      }
      const read = async () => {
        throw new Error('the file must not be read')
      }
      const error: unknown = await importOnnx(encodeModel(onnxModel(withKernel(external))), { read }).catch(
        (reason: unknown) => reason,
      )
      expect(SaliencyError.is(error, 'INVALID_MODEL')).toBe(true)
      expect((error as Error).message).toContain('outside')
    },
  )

  test('of half precision', async () => {
    // 0x3800 is 0.5, 0xb400 −0.25.
    const values = Array.from({ length: 108 }, (_, index) => (index % 2 === 0 ? 0x3800 : 0xb400))
    const half: TensorProto = {
      name: 'w16',
      dims: [4, 3, 3, 3],
      dataType: dataTypes.float16,
      rawData: new Uint8Array(Uint16Array.from(values).buffer),
    }
    const { imported, difference } = await compareOnnx({
      ...viewed,
      nodes: [node('Cast', ['w16'], 'w', { to: dataTypes.float32 }), ...viewed.nodes],
      initializers: [half, ...viewed.initializers!.slice(1)],
    })
    expect(difference).toBeLessThan(1e-4)
    expect([...(imported.weights.get('c/kernel')?.data.slice(0, 2) ?? [])]).toEqual([0.5, -0.25])
  })
})
