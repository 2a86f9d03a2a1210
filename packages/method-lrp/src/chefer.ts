import type { LinearSite, Ops, Value } from '@saliency/core'
import type { OwnRule } from './rule.ts'

/** Σ over everything but the batch, in a shape that broadcasts over the value; axis by axis, which rounds less. */
const totalOf = (ops: Ops, value: Value) =>
  value.shape.slice(1).reduceRight((sum, _, axis) => ops.reduceSum(sum, { axes: [axis + 1] }), value)

/** R / z as Chefer et al.'s code has it: z + ε, whatever the sign of z. */
const ratio = (ops: Ops, R: Value, z: Value, epsilon: number) => ops.div(R, ops.add(z, epsilon))

/**
 * Both summands share by what they contributed, rₖ = k R / (a + b), and are rescaled so that they hold ΣR in the proportion
 * |Σrₐ| : |Σr_b| over one image, a constant summand (a position embedding) too (Chefer et al. 2021, arXiv:2012.09838,
 * section 3.1, equation 9, `layers_ours.py`).
 */
export function balancedSum(epsilon: number): OwnRule {
  function propagate({ node, inputs, output, signal, ops }: LinearSite): readonly Value[] {
    const fraction = ratio(ops, signal, output, epsilon)
    const negated = node.op === 'Sub' ? [false, true] : [false, false]
    const parts = node.inputs.map((term, at) =>
      ops.mul(negated[at] === true ? ops.neg(term) : term, fraction),
    )
    const totals = parts.map((part) => totalOf(ops, part))
    const magnitudes = totals.map((total) => ops.abs(total))
    const all = magnitudes.reduce((sum, each) => ops.add(sum, each))
    const whole = totalOf(ops, signal)
    return inputs.map((input) => {
      const at = node.inputs.indexOf(input)
      const held = ops.mul(ratio(ops, magnitudes[at] as Value, all, epsilon), whole)
      return ops.mul(parts[at] as Value, ratio(ops, held, totals[at] as Value, epsilon))
    })
  }
  return { name: 'balanced-sum', propagate }
}

/** Half for each factor of a product of two signals, by what it contributed to O: a ⊙ ∂O/∂aᵀ (R / (O + ε)) / 2. */
export function balancedProduct(epsilon: number): OwnRule {
  function propagate({ inputs, output, signal, ops, vjp }: LinearSite): readonly Value[] {
    const carried = vjp(ratio(ops, ops.mul(signal, 0.5), output, epsilon))
    return inputs.map((input, at) => ops.mul(input, carried[at] as Value))
  }
  return { name: 'balanced-product', propagate }
}
