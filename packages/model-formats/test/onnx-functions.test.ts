import {
  attributeTypes,
  dataTypes,
  encodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
} from '@saliency/onnx-proto'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import { around } from './onnx-around.ts'
import { floats, imagesFor, integers, node, onnxModel, type OnnxParts } from './onnx-model.ts'
import { largestDifference, logitsOf } from './reference.ts'

const branch = (nodes: readonly NodeProto[], output: string): GraphProto => ({
  name: output,
  node: [...nodes],
  output: [{ name: output, type: { tensorType: { elemType: dataTypes.float32 } } }],
})

/** ONNX's If from a condition to `y`. */
const choose = (condition: string, then: GraphProto, otherwise: GraphProto): NodeProto => ({
  opType: 'If',
  name: 'y',
  input: [condition],
  output: ['y'],
  attribute: [
    { name: 'then_branch', type: attributeTypes.graph, g: then },
    { name: 'else_branch', type: attributeTypes.graph, g: otherwise },
  ],
})

async function compare(parts: OnnxParts, change: (model: ModelProto) => ModelProto = (model) => model) {
  const bytes = encodeModel(change(onnxModel(parts)))
  const images = imagesFor(parts)
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 })
  const { scores } = await session.run({ image: new Tensor('float32', images.data, images.shape) })
  const imported = await importOnnx(bytes)
  expect(largestDifference(await logitsOf(imported, images), scores?.data as Float32Array)).toBeLessThan(1e-4)
  return imported
}

/** Whether the image has as many channels as are asked for: a condition that exporters compute from shapes. */
const hasChannels = (count: number) => ({
  nodes: [
    node('Shape', ['x'], 'shape'),
    node('Gather', ['shape', 'second'], 'channels', { axis: 0 }),
    node('Equal', ['channels', 'count'], 'condition'),
  ],
  initializers: [integers('second', [1], []), integers('count', [count], [])],
})

test.each([4, 5])('a branch is taken where its condition is known: %i channels', async (count) => {
  const { nodes, initializers } = hasChannels(count)
  // The branches read values of the graph around them; the one that is not taken need not fit.
  const taken = branch([node('Mul', ['before', 'two'], 'twice'), node('Relu', ['twice'], 'then')], 'then')
  const other = branch([node('Sigmoid', ['before'], 'else')], 'else')
  const imported = await compare(
    around(
      [node('Tanh', ['x'], 'before'), ...nodes, choose('condition', taken, other)],
      [...initializers, floats('two', [], [2])],
    ),
  )
  const kinds = imported.model.layers.map(({ kind }) => kind)
  expect(kinds.includes('Relu')).toBe(count === 4)
})

test('a condition that is computed from the image is refused', async () => {
  const nodes = [
    node('ReduceMax', ['x'], 'largest', { keepdims: 0 }),
    node('Greater', ['largest', 'two'], 'condition'),
  ]
  const parts = around(
    [
      ...nodes,
      choose('condition', branch([node('Relu', ['x'], 'a')], 'a'), branch([node('Neg', ['x'], 'b')], 'b')),
    ],
    [floats('two', [], [2])],
  )
  await expect(importOnnx(encodeModel(onnxModel(parts)))).rejects.toThrow(
    /y \(If\): its condition is computed from the image/,
  )
})

const call = (opType: string, input: string, output: string, slope?: number): NodeProto => ({
  opType,
  domain: 'local',
  name: output,
  input: [input],
  output: [output],
  attribute: slope === undefined ? [] : [{ name: 'slope', type: attributeTypes.float, f: slope }],
})

const withFunctions =
  (inner: readonly NodeProto[]) =>
  (model: ModelProto): ModelProto => ({
    ...model,
    opsetImport: [...(model.opsetImport ?? []), { domain: 'local', version: 1 }],
    functions: [
      {
        name: 'Bent',
        domain: 'local',
        input: ['value'],
        output: ['result'],
        attributeProto: [{ name: 'slope', type: attributeTypes.float, f: 0.5 }],
        opsetImport: [{ domain: '', version: 17 }],
        node: [
          {
            opType: 'LeakyRelu',
            input: ['value'],
            output: ['bent'],
            attribute: [{ name: 'alpha', refAttrName: 'slope', type: attributeTypes.float }],
          },
          node('Add', ['bent', 'value'], 'result'),
        ],
      },
      {
        name: 'Twice',
        domain: 'local',
        input: ['value'],
        output: ['result'],
        opsetImport: [
          { domain: '', version: 17 },
          { domain: 'local', version: 1 },
        ],
        node: [...inner],
      },
    ],
  })

test('functions of the model are replaced by what they compute, with the attributes of each call', async () => {
  const inner = [call('Bent', 'value', 'once', 0.25), call('Bent', 'once', 'result')]
  await compare(
    around([call('Twice', 'x', 'middle'), call('Bent', 'middle', 'y', 0.75)]),
    withFunctions(inner),
  )
})

test('a function that calls itself is refused', async () => {
  const model = withFunctions([call('Twice', 'value', 'result')])(
    onnxModel(around([call('Twice', 'x', 'y')])),
  )
  await expect(importOnnx(encodeModel(model))).rejects.toThrow("The function 'Twice' calls itself.")
})
