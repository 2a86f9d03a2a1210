import type { Layer } from '../model.ts'
import type { Operators } from '../graph/operators.ts'

/** Connections of one unit of a kernel: into it and out of it. */
export interface Fan {
  readonly in: number
  readonly out: number
}

/** True if a two-dimensional kernel is stored `[in, out]`: what its own operator says. */
function isInputFirst(layer: Layer, parameter: Operators['Parameter']): boolean {
  const user = layer.nodes.find(({ op, inputs }) => {
    const weight = inputs[1]?.node.attributes as { name?: string } | undefined
    return (op === 'Gemm' || op === 'MatMul') && weight?.name === parameter.name
  })
  if (user === undefined) return true
  return user.op === 'MatMul' || !(user.attributes as Operators['Gemm']).transB
}

/**
 * Fan-in and fan-out as Keras counts them: convolution kernels are `[out, in, h, w]`; a depthwise kernel's fan-in counts
 * all channels, as Keras does.
 */
export function fanOf(layer: Layer, parameter: Operators['Parameter']): Fan {
  const { shape } = parameter
  if (shape.length < 2) {
    const size = shape[0] ?? 1
    return { in: size, out: size }
  }
  const [first, second, ...window] = shape as [number, number, ...number[]]
  const area = window.reduce((product, side) => product * side, 1)
  if (window.length === 0 && isInputFirst(layer, parameter)) return { in: first, out: second }
  // Stored [channels · multiplier, 1, h, w]; a multiplier above 1 is rare and only moves fan-out.
  if (layer.kind === 'DepthwiseConv2D') return { in: first * area, out: area }
  return { in: second * area, out: first * area }
}
