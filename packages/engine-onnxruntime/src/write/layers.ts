import type { Node, PoolAttributes, Value, LayerOperator } from '@saliency/core'
import { inputName, plain, type Serialise } from './serialise.ts'
import type { AttributeValues, Writer } from './writer.ts'

const pool = ({ kernel, strides, pads, dilations, ceilMode }: PoolAttributes): AttributeValues => ({
  kernel_shape: kernel,
  strides,
  pads,
  ceil_mode: ceilMode ? 1 : 0,
  // Runtimes refuse or ignore dilated average pools; without dilation nothing is said.
  ...(dilations.some((dilation) => dilation !== 1) && { dilations }),
})

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
  MaxPool: (node, writer) =>
    writer.emit(node, { outputs: writer.usedOutputs(node), attributes: pool(node.attributes) }),
  AveragePool: plain((attributes) => ({
    ...pool(attributes),
    count_include_pad: attributes.countIncludePad ? 1 : 0,
  })),
  GlobalAveragePool: plain(),
  GlobalMaxPool: plain(),
  BatchNormalization: plain(({ epsilon }) => ({ epsilon: { float: epsilon } })),
}
