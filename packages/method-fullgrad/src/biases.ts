import type { LinearRule, Node, OpName, Rules, Site, Value } from '@saliency/core'

/** What an operator f adds beside its gradient: the bias of its first-order expansion, f(x) − f′(x) · x. */
export interface Bias {
  readonly output: Value
  /** The bias of a linear operator, shaped to broadcast over the output; absent for others, whose bias depends on the image. */
  readonly constant?: Value
  /** The gradient g at the output times the bias: `[n, c, h, w]`, or `[n, k]` where it has no place in the image. */
  times(g: Value): Value
}

/** Not homogeneous of any degree, or only for some attributes. */
const curved: ReadonlySet<OpName> = new Set([
  ...(['Clip', 'Elu', 'Selu', 'Sigmoid', 'HardSigmoid', 'Tanh', 'Softplus', 'Softsign'] as const),
  ...(['HardSwish', 'Mish', 'Gelu', 'Swish', 'Erf', 'Sin', 'Cos', 'Exp', 'Log', 'Pow', 'Round'] as const),
  ...(['Softmax', 'LogSoftmax'] as const),
])

/** Truths as numbers, as of `x > mean(x)`, are constant around every image: no signal goes through them. */
const isMask = ({ node }: Value): boolean => node.op === 'Cast' && node.inputs[0]?.dtype !== 'float32'

/** The degree k with f(t · x) = tᵏ · f(x) for t > 0, in all signals together; undefined where there is none. */
function degreeOf({ node, inputs }: Site): number | undefined {
  const [a, b] = node.inputs.map((input): number => (inputs.includes(input) && !isMask(input) ? 1 : 0))
  const hasConstant = inputs.length < node.inputs.filter(({ dtype }) => dtype === 'float32').length
  switch (node.op) {
    case 'Mul':
    case 'MatMul':
      return Number(a) + Number(b)
    case 'Div':
      return Number(a) - Number(b)
    case 'Reciprocal':
      return -1
    case 'Sqrt':
      return 0.5
    case 'Max':
    case 'Min':
    case 'Where':
    case 'Concat':
      return hasConstant ? undefined : 1
    case 'Pad': {
      const { mode, value } = (node as Node<'Pad'>).attributes
      return mode === 'constant' && value !== 0 ? undefined : 1
    }
    default:
      return curved.has(node.op) ? undefined : 1
  }
}

/** g · f(x) − Σ (f′(x)ᵀ g) · x: element by element where shapes allow it, else the total of each image. */
function remainder({ output, inputs, ops, vjp }: Site, g: Value): Value {
  const isElementwise = inputs.every(({ shape }) => shape.join() === output.shape.join())
  const place = (v: Value) => (isElementwise ? v : ops.reduceSum(ops.flatten(v), { axes: [1] }))
  const carried = vjp(g).map((signal, at) => place(ops.mul(signal, inputs[at] as Value)))
  return carried.reduce((rest, part) => ops.sub(rest, part), place(ops.mul(g, output)))
}

/** The maps of attention run along tokens: they are no images. */
function isImage({ op, attributes }: Node): boolean {
  return (
    op !== 'MatMul' &&
    ((op !== 'Softmax' && op !== 'LogSoftmax') || (attributes as Node<'Softmax'>['attributes']).axis === 1)
  )
}

/**
 * Rules that leave the gradient as it is and note the bias of every operator (Srinivas & Fleuret 2019, section 3). Where f
 * has a degree k, f′(x) · x = k · f(x) (Euler), so that (1 − k) · f(x) is left.
 */
export function observeBiases(found: Bias[]): Rules {
  const linear: LinearRule = ({ output, ops, linear, vjp }) => {
    const { bias } = linear()
    if (bias) found.push({ output, constant: bias, times: (g) => ops.mul(g, bias) })
    return vjp()
  }
  const other = (site: Site) => {
    const { output, node, ops, vjp } = site
    const k = degreeOf(site)
    const rest = (g: Value) => (k === undefined ? remainder(site, g) : ops.mul(ops.mul(g, output), 1 - k))
    if (k !== 1) found.push({ output, times: (g) => (isImage(node) ? rest(g) : ops.flatten(rest(g))) })
    return vjp()
  }
  const layers = { Conv: linear, ConvTranspose: linear, Gemm: linear, BatchNormalization: linear }
  return [
    [() => true, { ...layers, Add: linear, Sub: linear }],
    [() => true, other],
  ]
}
