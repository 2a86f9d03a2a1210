import { SaliencyError } from '../errors.ts'
import { float, input, type Infer, type Output } from './output.ts'
import type { ConvAttributes, LayerOperator, Pads, Pair, PoolAttributes } from './operators.ts'
import { broadcastShapes, fixedDim, formatShape, type Dim, type Shape } from './shape.ts'
import type { Value } from './value.ts'

/** `[n, c, h, w]` with a fixed channel count and image size. */
function feature(value: Value): { batch: Dim; channels: number; size: Pair } {
  const [batch, channels, height, width] = value.shape
  if (value.shape.length !== 4 || batch === undefined) {
    throw new SaliencyError('SHAPE', `expected [n, c, h, w], got ${formatShape(value.shape)}.`)
  }
  return {
    batch,
    channels: fixedDim(channels, 'The channel count'),
    size: [fixedDim(height, 'The height'), fixedDim(width, 'The width')],
  }
}

/** How far one window reaches, dilation included. */
const extent = (kernel: number, dilation: number) => (kernel - 1) * dilation + 1

function windows(
  size: Pair,
  kernel: Pair,
  pads: Pads,
  { strides, dilations, ceilMode = false }: Partial<PoolAttributes>,
): Pair {
  return [0, 1].map((axis) => {
    const [dilation, stride] = [dilations?.[axis] ?? 1, strides?.[axis] ?? 1]
    const before = pads[axis] ?? 0
    const span = (size[axis] ?? 0) + before + (pads[axis + 2] ?? 0) - extent(kernel[axis] ?? 1, dilation)
    if (span < 0)
      throw new SaliencyError('SHAPE', `the ${kernel.join('×')} window does not fit ${size.join('×')}.`)
    const count = (ceilMode ? Math.ceil(span / stride) : Math.floor(span / stride)) + 1
    // A last window that would start in the padding after the image is left out, as ONNX Runtime and PyTorch do.
    return ceilMode && (count - 1) * stride >= (size[axis] ?? 0) + before ? count - 1 : count
  }) as unknown as Pair
}

function kernelOf(weight: Value): { outer: number; inner: number; kernel: Pair } {
  const [outer = 0, inner = 0, height = 1, width = 1] = weight.shape.map((dim) =>
    fixedDim(dim, 'A kernel size'),
  )
  return { outer, inner, kernel: [height, width] }
}

/** A bias, where there is one, is a vector with an entry for each output channel. */
function checkBias(bias: Value | undefined, outer: number): void {
  if (!bias || (bias.shape.length === 1 && bias.shape[0] === outer)) return
  throw new SaliencyError('SHAPE', `the bias must be [${outer}], one number for each output channel.`)
}

function conv(inputs: readonly Value[], attributes: ConvAttributes): readonly Output[] {
  const { batch, channels, size } = feature(input(inputs, 0))
  const { outer, inner, kernel } = kernelOf(input(inputs, 1))
  if (channels !== inner * attributes.group) {
    throw new SaliencyError(
      'SHAPE',
      `the kernel expects ${inner * attributes.group} channels, the input has ${channels}.`,
    )
  }
  checkBias(inputs[2], outer)
  return float([batch, outer, ...windows(size, kernel, attributes.pads, attributes)])
}

function pool(inputs: readonly Value[], attributes: PoolAttributes): Shape {
  const { batch, channels, size } = feature(input(inputs, 0))
  return [batch, channels, ...windows(size, attributes.kernel, attributes.pads, attributes)]
}

function globalPool(inputs: readonly Value[]): readonly Output[] {
  const { batch, channels } = feature(input(inputs, 0))
  return float([batch, channels, 1, 1])
}

function multiply(a: Shape, b: Shape): Shape {
  const [rows, inner] = [a.at(-2), a.at(-1)]
  const [innerB, columns] = [b.at(-2), b.at(-1)]
  if (rows === undefined || columns === undefined || inner !== innerB) {
    throw new SaliencyError('SHAPE', `inner sizes ${inner} and ${innerB} differ.`)
  }
  return [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), rows, columns]
}

/** Shapes of the operators that networks call layers. */
export const layerShapes: { readonly [K in LayerOperator]: Infer<K> } = {
  Conv: conv,
  ConvTranspose(inputs, { strides, pads, dilations, group, outputPadding }) {
    const { batch, channels, size } = feature(input(inputs, 0))
    const { outer, inner, kernel } = kernelOf(input(inputs, 1))
    if (channels !== outer) {
      throw new SaliencyError('SHAPE', `the kernel expects ${outer} channels, the input has ${channels}.`)
    }
    checkBias(inputs[2], inner * group)
    const grow = (axis: 0 | 1) =>
      strides[axis] * (size[axis] - 1) +
      outputPadding[axis] +
      extent(kernel[axis], dilations[axis]) -
      pads[axis] -
      pads[axis === 0 ? 2 : 3]
    return float([batch, inner * group, grow(0), grow(1)])
  },
  Gemm(inputs, { transB }) {
    const weight = input(inputs, 1).shape
    return float(multiply(input(inputs, 0).shape, transB ? weight.toReversed() : weight))
  },
  MatMul: (inputs) => float(multiply(input(inputs, 0).shape, input(inputs, 1).shape)),
  MaxPool(inputs, attributes) {
    const shape = pool(inputs, attributes)
    return [
      { shape, dtype: 'float32' },
      { shape, dtype: 'int64' },
    ]
  },
  AveragePool: (inputs, attributes) => float(pool(inputs, attributes)),
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  BatchNormalization: (inputs) => float(input(inputs, 0).shape),
}
