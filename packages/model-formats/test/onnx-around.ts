import type { NodeProto, TensorProto } from '@saliency/onnx-proto'
import { floats, node, type OnnxParts } from './onnx-model.ts'

/** Numbers in the value that the operators under test read, `[n, 4, 9, 7]`. */
export const size: number = 4 * 9 * 7

/** A convolution to four channels in front of `nodes`, which read `x` and end in `y`, and a dense layer behind them. */
export function around(
  nodes: readonly NodeProto[],
  initializers: readonly TensorProto[] = [],
  features = size,
  opset = 17,
): OnnxParts {
  return {
    opset,
    nodes: [
      node('Conv', ['image', 'stem.weight', 'stem.bias'], 'x', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      ...nodes,
      node('Flatten', ['y'], 'flat'),
      node('Gemm', ['flat', 'head.weight', 'head.bias'], 'scores', { transB: 1 }),
    ],
    initializers: [
      floats('stem.weight', [4, 3, 3, 3]),
      floats('stem.bias', [4]),
      floats('head.weight', [3, features]),
      floats('head.bias', [3]),
      ...initializers,
    ],
  }
}

/** One operator from `x` to `y`. */
export const single = (op: string, attributes: Parameters<typeof node>[3] = {}, opset = 17) =>
  around([node(op, ['x'], 'y', attributes)], [], size, opset)
