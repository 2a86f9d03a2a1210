import {
  createGraph,
  createModel,
  type FloatTensor,
  type LoadedModel,
  type Ops,
  type Pads,
  type Pair,
  tensor,
  type Value,
} from '@saliency/core'
import { flat, type Nested, type PeerLayer, type PeerModel } from './cases.ts'

/** A peer's model as a graph, with the value that each of its layers returns. */
export interface ConvertedModel extends LoadedModel {
  readonly outputs: ReadonlyMap<string, Value>
}

/** Builds parameters of one layer and remembers their values. */
type Parameter = (name: string, data: readonly number[], shape: readonly number[], role: Role) => Value
type Role = 'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance'

interface Context {
  readonly ops: Ops
  readonly parameter: Parameter
  readonly layer: PeerLayer
  readonly inputs: readonly Value[]
}

function dims(nested: Nested): number[] {
  return typeof nested === 'number' ? [] : [nested.length, ...dims(nested[0] as Nested)]
}

/** TensorFlow's SAME padding: what is missing, the odd one behind. */
function samePads(size: Pair, kernel: Pair, strides: Pair, dilations: Pair): Pads {
  const [top, left] = ([0, 1] as const).map((axis) => {
    const reach = dilations[axis] * (kernel[axis] - 1) + 1
    const missing = (Math.ceil(size[axis] / strides[axis]) - 1) * strides[axis] + reach - size[axis]
    return [Math.floor(Math.max(0, missing) / 2), Math.ceil(Math.max(0, missing) / 2)] as const
  }) as [Pair, Pair]
  return [top[0], left[0], top[1], left[1]]
}

function windowOf({ layer, inputs }: Context, kernel: Pair, fallback: Pair) {
  const [strides, dilations]: [Pair, Pair] = [layer.strides ?? fallback, layer.dilations ?? [1, 1]]
  const [, , height, width] = (inputs[0] as Value).shape
  const size: Pair = [Number(height), Number(width)]
  const pads: Pads = layer.padding === 'same' ? samePads(size, kernel, strides, dilations) : [0, 0, 0, 0]
  return { strides, dilations, pads }
}

/** HWIO (depthwise: HWI·multiplier) to `[out, in / group, h, w]`. */
function convolution(context: Context, isDepthwise: boolean): Value {
  const { ops, parameter, layer, inputs } = context
  const [h, w, i, o] = dims(layer.kernel as Nested) as [number, number, number, number]
  const data = flat(layer.kernel as Nested)
  const [out, inner] = isDepthwise ? [i * o, 1] : [o, i]
  const turned = Array.from({ length: data.length }, (_, index) => {
    const [place, rest] = [index % (h * w), Math.floor(index / (h * w))]
    const [first, second] = [Math.floor(rest / inner), rest % inner]
    const [input, output] = isDepthwise ? [Math.floor(first / o), first % o] : [second, first]
    return data[(place * i + input) * o + output] as number
  })
  const kernel = parameter('kernel', turned, [out, inner, h, w], 'kernel')
  const bias = layer.bias ? parameter('bias', layer.bias, [out], 'bias') : undefined
  const window = windowOf(context, [h, w], [1, 1])
  return ops.conv(inputs[0] as Value, kernel, bias, { ...window, group: isDepthwise ? i : 1 })
}

function dense({ ops, parameter, layer, inputs }: Context): Value {
  const shape = dims(layer.kernel as Nested)
  const kernel = parameter('kernel', flat(layer.kernel as Nested), shape, 'kernel')
  const bias = layer.bias ? parameter('bias', layer.bias, [layer.bias.length], 'bias') : undefined
  const [x] = inputs as [Value]
  // A vector model's input is an image of one row.
  const rows = x.shape.length === 4 ? ops.flatten(x) : x
  return ops.gemm(rows, kernel, bias)
}

function batchNorm({ ops, parameter, layer, inputs }: Context): Value {
  const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((name) => {
    const data = layer[name] as readonly number[]
    return parameter(name, data, [data.length], name)
  }) as [Value, Value, Value, Value]
  const [x] = inputs as [Value]
  const rows = x.shape[1] === gamma.shape[0] ? x : ops.flatten(x)
  return ops.batchNormalization(rows, gamma, beta, mean, variance, layer.epsilon ?? 1e-3)
}

/** Channels last before flattening, as the dense layer behind it expects. */
function flatten({ ops, inputs }: Context): Value {
  const [x] = inputs as [Value]
  return x.shape.length === 2 ? x : ops.flatten(ops.transpose(x, [0, 2, 3, 1]))
}

/** A vector beside the image of one row that the model reads: both as rows. */
function alike({ ops, inputs }: Context): Value[] {
  const isMixed = new Set(inputs.map(({ shape }) => shape.length)).size > 1
  return inputs.map((value) => (isMixed && value.shape.length === 4 ? ops.flatten(value) : value))
}

const pool = (context: Context) => {
  const kernel = context.layer.poolSize as Pair
  return { kernel, ...windowOf(context, kernel, kernel) }
}

const builders: Readonly<Record<string, (context: Context) => Value>> = {
  conv2d: (context) => convolution(context, false),
  depthwiseConv2d: (context) => convolution(context, true),
  dense,
  batchNorm,
  flatten,
  relu: ({ ops, inputs }) => ops.relu(inputs[0] as Value),
  tanh: ({ ops, inputs }) => ops.tanh(inputs[0] as Value),
  add(context) {
    const [a, b] = alike(context) as [Value, Value]
    return context.ops.add(a, b)
  },
  concat: (context) => context.ops.concat(alike(context), 1),
  maxPool2d: (context) => context.ops.maxPool(context.inputs[0] as Value, pool(context)),
  avgPool2d: (context) => context.ops.averagePool(context.inputs[0] as Value, pool(context)),
  globalAvgPool2d: ({ ops, inputs }) => ops.flatten(ops.globalAveragePool(inputs[0] as Value)),
}

/** Turns a peer's channels-last model into a graph; a vector `[k]` becomes the image `[n, 1, 1, k]`. */
export function convertModel(name: string, { layers, output, inputs }: PeerModel): ConvertedModel {
  const graph = createGraph()
  const weights = new Map<string, FloatTensor>()
  const { input } = inputs
  const shape = input.length === 1 ? [1, 1, input[0] as number] : ([input[2], input[0], input[1]] as number[])
  const image = graph.ops.input('image', ['n', ...shape])
  const values = new Map<string, Value>([['input', image]])
  for (const layer of layers) {
    const builder = builders[layer.type]
    if (!builder) throw new Error(`internal: no converter for the layer type ${layer.type}`)
    const ops = graph.layer(layer.name)
    const parameter: Parameter = (part, data, dimensions, role) => {
      const key = `${layer.name}/${part}`
      weights.set(key, tensor(Float32Array.from(data), dimensions))
      return ops.parameter(key, dimensions, role)
    }
    const given = layer.inputs.map((each) => values.get(each) as Value)
    values.set(layer.name, builder({ ops, parameter, layer, inputs: given }))
  }
  const last = values.get(output) as Value
  const logits = last.shape.length === 2 ? last : graph.layer('flatten-output').flatten(last)
  const model = createModel({ name, graph, image, logits, head: 'none' })
  return { model, weights, outputs: values }
}
