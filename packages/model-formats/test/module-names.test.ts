import { encodeModel, type NodeProto } from '@saliency/onnx-proto'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import { floats, node, onnxModel } from './onnx-model.ts'

type Noted = (path: string, operation: string) => { key: string; value: string }[]

/** Each module on the way: `layer1.0.relu` → '', layer1, layer1.0, layer1.0.relu. */
const scopesOf = (path: string) =>
  path === '' ? [''] : ['', ...path.split('.').map((_, end, parts) => parts.slice(0, end + 1).join('.'))]

const byScopes: Noted = (path, operation) => [
  { key: 'pkg.torch.onnx.fx_node', value: `%${operation} : [num_users=1]` },
  {
    key: 'pkg.torch.onnx.name_scopes',
    value: `[${[...scopesOf(path), operation].map((scope) => `'${scope}'`).join(', ')}]`,
  },
]

const byNamespace: Noted = (path, operation) => [
  {
    key: 'namespace',
    value: [
      ...scopesOf(path).map((scope) => `${scope}: nn.Module`),
      `${operation}: aten.${operation}.default`,
    ].join('/'),
  },
]

/** A stem and two residual blocks, as torch's default exporter numbers and notes their nodes. */
function residual(noted: Noted): NodeProto[] {
  const at = (path: string, made: NodeProto): NodeProto => ({
    ...made,
    name: `node_${made.name}`,
    metadataProps: noted(path, made.name ?? ''),
  })
  const conv = (path: string, from: string, to: string, kernel: string) =>
    at(path, node('Conv', [from, kernel], to, { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }))
  return [
    conv('conv1', 'image', 'conv2d', 'w'),
    at('relu', node('Relu', ['conv2d'], 'relu')),
    ...['0', '1'].flatMap((block, index) => {
      const [x, path] = [index === 0 ? 'relu' : 'relu_2', `layer1.${block}`]
      const id = (name: string, number: number) => `${name}_${2 * index + number}`
      return [
        conv(`${path}.conv1`, x, id('conv2d', 1), 'w1'),
        at(`${path}.relu`, node('Relu', [id('conv2d', 1)], id('relu', 1))),
        conv(`${path}.conv2`, id('relu', 1), id('conv2d', 2), 'w2'),
        at(path, node('Add', [id('conv2d', 2), x], id('add', 2))),
        at(`${path}.relu`, node('Relu', [id('add', 2)], id('relu', 2))),
      ]
    }),
    at('avgpool', node('GlobalAveragePool', ['relu_4'], 'mean')),
    at('', node('Flatten', ['mean'], 'view')),
    at('fc', node('Gemm', ['view', 'fc'], 'scores', { transB: 1 })),
  ]
}

const initializers = [
  floats('w', [4, 3, 3, 3]),
  floats('w1', [4, 4, 3, 3]),
  floats('w2', [4, 4, 3, 3]),
  floats('fc', [3, 4]),
]

const modelOf = async (nodes: readonly NodeProto[]) =>
  (await importOnnx(encodeModel(onnxModel({ nodes, initializers })))).model

describe.each([
  ['scopes', byScopes],
  ['a namespace', byNamespace],
])('layers of files whose nodes are noted with %s', (_, noted) => {
  test('have the names of their modules', async () => {
    const model = await modelOf(residual(noted))
    expect(model.layers.map(({ name }) => name)).toEqual([
      'conv1',
      'relu',
      'layer1.0.conv1',
      'layer1.0.relu.Relu',
      'layer1.0.conv2',
      'layer1.0.Add',
      'layer1.0.relu.Relu_1',
      'layer1.1.conv1',
      'layer1.1.relu.Relu',
      'layer1.1.conv2',
      'layer1.1.Add',
      'layer1.1.relu.Relu_1',
      'avgpool',
      'Flatten',
      'fc',
    ])
    expect(model.blocks.map(({ name }) => name)).toEqual(['conv1', 'layer1.0', 'layer1.1', 'fc'])
    expect(model.layer('layer1.1')).toBe(model.target.layer)
  })
})

test('a node without a note keeps its own name beside those that have one', async () => {
  const nodes = residual(byScopes).map((each) =>
    each.opType === 'Flatten' ? { ...each, metadataProps: [] } : each,
  )
  expect((await modelOf(nodes)).layers.map(({ name }) => name).slice(-3)).toEqual([
    'avgpool',
    'node_view',
    'fc',
  ])
})

test('quotes in a list of scopes are those that Python writes', async () => {
  const [first, ...others] = residual(byScopes) as [NodeProto, ...NodeProto[]]
  const value = `['', "it's", 'conv2d']`
  const nodes = [{ ...first, metadataProps: [{ key: 'pkg.torch.onnx.name_scopes', value }] }, ...others]
  expect((await modelOf(nodes)).layers[0]?.name).toBe("it's")
})
