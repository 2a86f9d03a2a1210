import type { Node, OpName, Rule, RuleTable, Site, Value } from '@saliency/core'

/** What one operator adds beside its gradient, given the signal R at its output. */
export interface ActivationBias {
  readonly output: Value
  /** R · (f(x) − f′(x) · x): in the output's shape, or `[n, k]` where it has no place in the image. */
  contribution(signal: Value): Value
}

/** Not positively homogeneous: f(x) ≠ f′(x) · x, so linearising them leaves a bias. */
const curved = [
  'Clip',
  'Elu',
  'Selu',
  'Sigmoid',
  'HardSigmoid',
  'Tanh',
  'Softplus',
  'Softsign',
  'HardSwish',
  'Mish',
  'Gelu',
  'Swish',
  'Erf',
  'Exp',
  'Log',
  'Sqrt',
  'Reciprocal',
  'Pow',
  'Round',
  'Softmax',
  'LogSoftmax',
  // With a constant operand; of signals alone they are homogeneous.
  'Max',
  'Min',
  'Where',
  'Concat',
  'Pad',
] as const
type Curved = (typeof curved)[number]

const homogeneous: ReadonlySet<OpName> = new Set(['Max', 'Min', 'Where', 'Concat'])

/** Whether an operator is homogeneous of degree one in the signals it has here, and so leaves no bias. */
function isHomogeneous({ node, inputs }: Site): boolean {
  if (node.op !== 'Pad') {
    const operands = node.inputs.filter(({ dtype }) => dtype === 'float32')
    return homogeneous.has(node.op) && operands.length === inputs.length
  }
  const { mode, value } = (node as Node<'Pad'>).attributes
  return mode !== 'constant' || value === 0
}

/** Truths as numbers, as of `x > mean(x)`: constant around every image, so that no signal goes through them. */
const isMask = ({ node }: Value): boolean => node.op === 'Cast' && node.inputs[0]?.dtype !== 'float32'

/** Everything but the batch in one row. */
const row = ({ ops }: Site, value: Value): Value => ops.flatten(value)

/** R · y − Σ (Jᵀ R) · x: element by element where shapes allow it, else the total of each image. */
function remainder(site: Site, R: Value): Value {
  const { output, inputs, ops, vjp } = site
  const total = (value: Value) => ops.reduceSum(row(site, value), { axes: [1] })
  const isElementwise = inputs.every(({ shape }) => shape.join() === output.shape.join())
  const place = isElementwise ? (value: Value) => value : total
  const whole = place(ops.mul(R, output))
  return vjp(R).reduce(
    (rest, carried, at) => ops.sub(rest, place(ops.mul(carried, inputs[at] as Value))),
    whole,
  )
}

/** Attention's softmax runs along another axis than the channels: its maps are no images. */
function isPlaced({ node }: Site): boolean {
  const isSoftmax = node.op === 'Softmax' || node.op === 'LogSoftmax'
  return !isSoftmax || (node as Node<'Softmax'>).attributes.axis === 1
}

/**
 * Rules that leave the gradient as it is and note what operators add beside it. ReLU, LeakyReLU and PReLU add nothing;
 * for those that are not homogeneous the bias is that of the first-order expansion at x (Srinivas & Fleuret 2019, section 3).
 */
export function observeActivations(found: ActivationBias[]): RuleTable {
  const note = ({ output, vjp }: Site, contribution: (R: Value) => Value): readonly Value[] => {
    found.push({ output, contribution })
    return vjp()
  }
  const expand: Rule<Curved> = (site: Site) => {
    if (isHomogeneous(site)) return site.vjp()
    return note(site, (R) => (isPlaced(site) ? remainder(site, R) : row(site, remainder(site, R))))
  }
  /** A product y = a · b is of second order: R · (y − a·b − b·a) = −R · y; one with a mask is of first. */
  const product = (site: Site): Value[] | readonly Value[] => {
    const { inputs, output, ops } = site
    return inputs.length === 2 && !inputs.some(isMask)
      ? note(site, (R) => ops.neg(ops.mul(R, output)))
      : site.vjp()
  }
  const matrixProduct: Rule<'MatMul'> = (site: Site) => {
    const { inputs, output, ops } = site
    return inputs.length === 2 ? note(site, (R) => row(site, ops.neg(ops.mul(R, output)))) : site.vjp()
  }
  /** y = a / b is of order 1 in a and −1 in b: R · (y − y + y) for two signals, R · (y + y) for a constant a. */
  const quotient: Rule<'Div'> = (site: Site) => {
    const { inputs, node, output, ops } = site
    if (inputs.length === 2) return note(site, (R) => ops.mul(R, output))
    return inputs[0] === node.inputs[0] ? site.vjp() : note(site, (R) => ops.mul(ops.mul(R, output), 2))
  }
  return {
    ...Object.fromEntries(curved.map((op) => [op, expand])),
    Mul: product,
    MatMul: matrixProduct,
    Div: quotient,
  }
}
