import type { LinearSite, Rule, RuleTable, Site, Value } from '@saliency/core'

/** What one activation adds, given the signal R at its output. */
export interface ActivationBias {
  readonly output: Value
  /** R · (f(x) − f′(x) · x), in the output's shape. */
  contribution(signal: Value): Value
}

/** Element by element, and not positively homogeneous: f(x) ≠ f′(x) · x, so linearising them leaves a bias. */
const curved = [
  'Clip',
  'Elu',
  'Selu',
  'Sigmoid',
  'HardSigmoid',
  'Tanh',
  'Softplus',
  'Softsign',
  'Erf',
  'Exp',
  'Log',
  'Sqrt',
  'Reciprocal',
  // With a constant operand; of two signals both are homogeneous.
  'Max',
  'Min',
] as const

/**
 * Rules that leave the gradient as it is and note what activations add beside it. ReLU, LeakyReLU and PReLU add nothing;
 * for the others the bias is that of the first-order expansion at x (Srinivas & Fleuret 2019, section 3).
 */
export function observeActivations(found: ActivationBias[]): RuleTable {
  const expand: Rule<(typeof curved)[number]> = ({ signal, output, inputs, ops, vjp }: Site) => {
    const [x] = inputs
    if (inputs.length > 1) return vjp(signal)
    found.push({
      output,
      contribution: (R) => ops.sub(ops.mul(R, output), ops.mul(vjp(R)[0] as Value, x as Value)),
    })
    return vjp(signal)
  }
  /** A gate y = a · b is of second order: R · (y − a·b − b·a) = −R · y. */
  const product: Rule<'Mul'> = ({ output, inputs, ops, vjp }: LinearSite | Site) => {
    if (inputs.length === 2) found.push({ output, contribution: (R) => ops.neg(ops.mul(R, output)) })
    return vjp()
  }
  return { ...Object.fromEntries(curved.map((op) => [op, expand])), Mul: product }
}
