import {
  attributeTypes,
  dataTypes,
  encodeModel,
  type NodeProto,
  type TensorProto,
} from '@saliency/onnx-proto'

/** Weights that a seeded generator draws, between −½ and ½ of the scale that keeps activations alive. */
function drawn(name: string, dims: number[]): TensorProto {
  const size = dims.reduce((product, dim) => product * dim, 1)
  const scale = Math.sqrt(12 / (size / (dims[0] as number)))
  let state = size
  const values = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return scale * (state / 2 ** 32 - 0.5)
  })
  return { name, dims, dataType: dataTypes.float32, rawData: new Uint8Array(values.buffer) }
}

const ints = (name: string, values: number[]) => ({ name, type: attributeTypes.ints, ints: values })
const flag = (name: string) => ({ name, type: attributeTypes.int, i: 1 })

/** `size` is the height and width of images; a text leaves them open. */
function model(
  size: number | string,
  nodes: NodeProto[],
  weights: TensorProto[],
  outputs: Readonly<Record<string, number>>,
): Uint8Array {
  const side = typeof size === 'number' ? { dimValue: size } : { dimParam: size }
  const value = (name: string, dim: object[]) => ({
    name,
    type: { tensorType: { elemType: dataTypes.float32, shape: { dim } } },
  })
  const batch = { dimParam: 'n' }
  return encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 18 }],
    graph: {
      name: 'made',
      node: nodes,
      initializer: weights,
      input: [value('image', [batch, { dimValue: 3 }, side, side])],
      output: Object.entries(outputs).map(([name, count]) => value(name, [batch, { dimValue: count }])),
    },
  })
}

const gemm = (input: string, weight: string, output: string): NodeProto => ({
  opType: 'Gemm',
  name: output,
  input: [input, weight],
  output: [output],
  attribute: [flag('transB')],
})
const unary = (opType: string, input: string, output: string): NodeProto => ({
  opType,
  name: output,
  input: [input],
  output: [output],
})

const features: NodeProto[] = [
  {
    opType: 'Conv',
    name: 'conv',
    input: ['image', 'conv.w'],
    output: ['conv'],
    attribute: [ints('pads', [1, 1, 1, 1])],
  },
  unary('Relu', 'conv', 'relu'),
]

/** A network with two outputs of class scores that takes pictures of any size. */
export function twoHeads(): Uint8Array {
  const nodes = [
    ...features,
    { ...features[0], name: 'deep', input: ['relu', 'deep.w'], output: ['deep'] },
    unary('Relu', 'deep', 'last'),
    unary('GlobalAveragePool', 'last', 'pooled'),
    unary('Flatten', 'pooled', 'flat'),
    gemm('flat', 'kind.w', 'kind'),
    gemm('flat', 'colour.w', 'colour'),
  ]
  const weights = [
    drawn('conv.w', [8, 3, 3, 3]),
    drawn('deep.w', [8, 8, 3, 3]),
    drawn('kind.w', [4, 8]),
    drawn('colour.w', [3, 8]),
  ]
  return model('side', nodes, weights, { kind: 4, colour: 3 })
}

/** A network with a thousand classes, as those of ImageNet have, and so many numbers in front of them. */
export function thousandClasses(units: number): Uint8Array {
  const nodes = [
    ...features,
    unary('Flatten', 'relu', 'flat'),
    gemm('flat', 'dense.w', 'dense'),
    unary('Relu', 'dense', 'open'),
    gemm('open', 'classes.w', 'classes'),
  ]
  const size = 32
  const weights = [
    drawn('conv.w', [4, 3, 3, 3]),
    drawn('dense.w', [units, 4 * size * size]),
    drawn('classes.w', [1000, units]),
  ]
  return model(size, nodes, weights, { classes: 1000 })
}
