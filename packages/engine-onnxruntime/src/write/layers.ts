import { averagedPositions, pooledPads, type LayerOperator, type Node, type Value } from '@saliency/core'
import { inputName, plain, type Serialise } from './serialise.ts'
import type { AttributeValues, Writer } from './writer.ts'

/** Pads as the windows read them, in place of `ceil_mode`: runtimes differ on a last window that lies in the padding. */
const pool = ({ attributes, inputs, outputs }: Node<'MaxPool' | 'AveragePool'>): AttributeValues => {
  const { kernel, strides, dilations } = attributes
  const reached = pooledPads((inputs[0] as Value).shape, (outputs[0] as Value).shape, attributes)
  // ONNX Runtime takes no pads as wide as the kernel, which a dilated window may reach.
  const isAllowed = reached.every((pad, side) => pad < (kernel[side % 2] ?? 1))
  return {
    kernel_shape: kernel,
    strides,
    ...(isAllowed ? { pads: reached } : { pads: attributes.pads, ceil_mode: attributes.ceilMode ? 1 : 0 }),
    ...(dilations.some((dilation) => dilation !== 1) && { dilations }),
  }
}

/**
 * Runtimes refuse or ignore dilations of average pools, and would count what the last window reads beyond the declared pads:
 * then a convolution sums, and each sum is divided by the number of positions that count.
 */
function averagePool(node: Node<'AveragePool'>, writer: Writer): void {
  const { kernel, strides, dilations, pads, countIncludePad } = node.attributes
  const [input, output] = [(node.inputs[0] as Value).shape, (node.outputs[0] as Value).shape]
  const reached = pooledPads(input, output, node.attributes)
  const isPlain = dilations.every((dilation) => dilation === 1)
  if (isPlain && (!countIncludePad || reached.every((pad, side) => pad === pads[side]))) {
    return writer.emit(node, { attributes: { ...pool(node), count_include_pad: countIncludePad ? 1 : 0 } })
  }
  const channels = Number(input[1])
  const [counts, sums] = [writer.scratch(node, 'counts'), writer.scratch(node, 'sums')]
  writer.initialize(
    counts,
    'float32',
    [1, 1, ...output.slice(2).map(Number)],
    averagedPositions(input, output, node.attributes),
  )
  writer.emit(node, {
    op: 'Conv',
    inputs: [inputName(node, 0, writer), writer.filled(1, [channels, 1, ...kernel])],
    outputs: [sums],
    attributes: { strides, pads: reached, dilations, group: channels },
  })
  writer.emit(node, { op: 'Div', inputs: [sums, counts] })
}

/** Gemm takes matrices; higher ranks multiply over leading axes and add the bias afterwards. */
function gemm(node: Node<'Gemm'>, writer: Writer): void {
  const { transB } = node.attributes
  if (node.inputs[0]?.shape.length === 2) {
    writer.emit(node, { attributes: transB ? { transB: 1 } : {} })
    return
  }
  let weight = inputName(node, 1, writer)
  if (transB) {
    const turned = writer.scratch(node, 'transposed')
    writer.emit(node, { op: 'Transpose', inputs: [weight], outputs: [turned], attributes: { perm: [1, 0] } })
    weight = turned
  }
  const output = writer.name(node.outputs[0] as Value)
  const product = node.inputs[2] ? writer.scratch(node, 'product') : output
  writer.emit(node, { op: 'MatMul', inputs: [inputName(node, 0, writer), weight], outputs: [product] })
  if (node.inputs[2]) {
    writer.emit(node, { op: 'Add', inputs: [product, inputName(node, 2, writer)], outputs: [output] })
  }
}

/**
 * ONNX Runtime takes a Pad with zeros for the pads of the pool behind it, where nothing counts but the image: a maximum of
 * negative values would change. It leaves a pool that gives indices alone.
 */
const maxPool: Serialise<'MaxPool'> = (node, writer) => {
  const isPadded = (node.inputs[0] as Value).node.op === 'Pad'
  const outputs = isPadded ? node.outputs.map((value) => writer.name(value)) : writer.usedOutputs(node)
  writer.emit(node, { outputs, attributes: pool(node) })
}

/** The operators that networks call layers. */
export const layers: { readonly [K in LayerOperator]: Serialise<K> } = {
  Conv: plain(({ strides, pads, dilations, group }) => ({ strides, pads, dilations, group })),
  ConvTranspose: plain(({ strides, pads, dilations, group, outputPadding }) => ({
    strides,
    pads,
    dilations,
    group,
    output_padding: outputPadding,
  })),
  Gemm: gemm,
  MatMul: plain(),
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: plain(),
  GlobalMaxPool: plain(),
  BatchNormalization: plain(({ epsilon }) => ({ epsilon: { float: epsilon } })),
}
