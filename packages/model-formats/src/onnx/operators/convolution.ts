import { counted, fixedDim, type ConvAttributes, type Pads, type Pair, type Value } from '@saliency/core'
import { unsupported } from '../../problems.ts'
import { imageSize, samePads, type WindowSettings } from '../../same-padding.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { floatsOf } from '../../constant/constant-tensor.ts'
import { otherAxes } from './convolution-axes.ts'

/** Two numbers of an attribute, one an axis. */
function pair({ attributes }: NodeCall, name: string): Pair {
  const list = attributes.integers(name) ?? [1, 1]
  const [height, width] = list
  if (height === undefined || width === undefined || list.length !== 2) {
    throw unsupported(
      `'${name}' has ${counted(list.length, 'axis', 'axes')}; only images with two are supported`,
    )
  }
  return [height, width]
}

/** Explicit pads, or those that `auto_pad` stands for. */
export function padsOf({ attributes }: NodeCall, value: Value, window: WindowSettings): Pads {
  const mode = attributes.text('auto_pad', 'NOTSET')
  if (mode === 'SAME_UPPER') return samePads(imageSize(value), window, 'upper')
  if (mode === 'SAME_LOWER') return samePads(imageSize(value), window, 'lower')
  const [top = 0, left = 0, bottom = 0, right = 0] =
    mode === 'VALID' ? [] : (attributes.integers('pads') ?? [])
  return [top, left, bottom, right]
}

/** Strides, dilations and pads of a window over an image. */
export function windowOf(call: NodeCall, value: Value, kernel: Pair): Omit<ConvAttributes, 'group'> {
  const strides = pair(call, 'strides')
  const dilations = pair(call, 'dilations')
  return { strides, dilations, pads: padsOf(call, value, { kernel, strides, dilations }) }
}

/** The kernel size of a pooling operator. */
export function kernelShape(call: NodeCall): Pair {
  return pair(call, 'kernel_shape')
}

function kernelOf(call: NodeCall): { weight: Value; kernel: Pair; fanIn: number } {
  const weight = call.parameter(1, { role: 'kernel', initializer: call.initializers.kernel })
  if (weight.shape.length !== 4)
    throw unsupported(`a convolution over ${weight.shape.length - 2} axes; only two are supported`)
  const [, inner = 1, height = 1, width = 1] = weight.shape.map((dim) => fixedDim(dim, 'A kernel size'))
  return { weight, kernel: [height, width], fanIn: inner * height * width }
}

function biasOf(call: NodeCall, fanIn: number): Value | undefined {
  return call.has(2)
    ? call.parameter(2, { role: 'bias', initializer: call.initializers.bias(fanIn) })
    : undefined
}

const conv: OperatorImporter = (call) => {
  const x = call.value(0)
  if (x.shape.length !== 4) return [otherAxes(call, conv)]
  const { weight, kernel, fanIn } = kernelOf(call)
  const bias = biasOf(call, fanIn)
  const attributes = { ...windowOf(call, x, kernel), group: call.attributes.integer('group', 1) }
  const result = call.ops.conv(x, weight, bias, attributes)
  if (!bias) {
    const size = fixedDim(weight.shape[0], 'The channel count')
    call.offerProduct(result, {
      size,
      withBias(known) {
        const vector = { shape: [size], data: floatsOf(known), dtype: 'float32' } as const
        const added = call.newParameter(vector, { role: 'bias', initializer: call.initializers.bias(fanIn) })
        return call.ops.conv(x, weight, added, attributes)
      },
    })
  }
  return [result]
}

const convTranspose: OperatorImporter = (call) => {
  const { attributes, ops } = call
  const x = call.value(0)
  if (attributes.has('output_shape')) throw unsupported('output_shape is not supported; give pads instead')
  const mode = attributes.text('auto_pad', 'NOTSET')
  if (mode.startsWith('SAME')) throw unsupported(`auto_pad ${mode} is not supported; give pads instead`)
  const { weight, kernel, fanIn } = kernelOf(call)
  const [rows = 0, columns = 0] = attributes.integers('output_padding') ?? []
  const window = windowOf(call, x, kernel)
  const group = attributes.integer('group', 1)
  return [
    ops.convTranspose(x, weight, biasOf(call, fanIn), { ...window, group, outputPadding: [rows, columns] }),
  ]
}

/** Convolutions. */
export const convolutionOperators: Readonly<Record<string, OperatorImporter>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
}
