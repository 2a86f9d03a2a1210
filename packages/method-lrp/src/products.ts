import type { OpName, Value } from '@saliency/core'
import { gateOf } from './gate.ts'
import { asMultiple } from './multiples.ts'
import { divide } from './stabilize.ts'
import { refused, shareOut, type Treat } from './walk.ts'

const isAlike = (a: Value, b: Value) => a.shape.join() === b.shape.join()

/** What is multiplied by a constant keeps its relevance. */
export const scaled: Treat = (site, walk) => {
  const { inputs, node, signal } = site
  if ((node.op as OpName) === 'Div' && inputs[0] === node.inputs[1]) {
    throw refused(node, 'divides a constant by a signal', 'LRP has no rule for reciprocals.')
  }
  const multiple = asMultiple(site, (c) => site.vjp(c))
  return multiple ?? (isAlike(inputs[0] as Value, signal) ? [signal] : shareOut(site, walk))
}

/**
 * Signal takes all: a gate decides how much passes, so the signal it opens for gets all the relevance. In attention the
 * probabilities are the gate and the values the signal (CP-LRP: Ali et al. 2022, arXiv:2202.07304, section 3).
 */
const gated: Treat = (site, walk) => {
  const { inputs, node, signal, ops } = site
  const closed = gateOf(inputs, node)
  if (closed === undefined) {
    throw refused(
      node,
      'multiplies two signals of equal standing, and LRP cannot tell which of them is the gate',
      "Share it between them by 'product=half' in the option 'rules', put the gate behind a sigmoid or softmax, or explain this model with a gradient method.",
    )
  }
  const open = inputs[1 - closed] as Value
  // A matrix product sums what the gate lets through, so it is shared out; a product of elements sums nothing.
  const isSum = (node.op as OpName) === 'MatMul'
  const multiple = isSum ? undefined : asMultiple(site, (c) => site.vjp(c))
  const shared = multiple ?? (!isSum && isAlike(open, signal) ? undefined : shareOut(site, walk))
  const all = shared ? (shared[1 - closed] as Value) : signal
  return inputs.map((input, index) => (index === closed ? ops.fill(input.shape, 0) : all))
}

/** Half for each factor, shared by what it contributed: a ⊙ ∂O/∂aᵀ (R / (2O + ε)) (AttnLRP: Achtibat et al. 2024, eq. 7 and proposition 3.3). */
const halved: Treat = (site, walk) => {
  const { inputs, signal, output, ops } = site
  const half = ops.mul(divide(ops, signal, output, walk.stabilizer / 2, walk), 0.5)
  const carried = site.vjp(half)
  return inputs.map((input, index) => ops.mul(input, carried[index] as Value))
}

/** A product of two signals, by the composite. */
export const product: Treat = (site, walk) => {
  const { node, inputs } = site
  const rule = walk.composition.ruleFor(node)
  // A quotient is a scale: all goes to the numerator.
  if (rule === 'gate' || (node.op as OpName) === 'Div') return gated(site, walk)
  if (rule === 'half') return halved(site, walk)
  if (rule === 'gate-or-half') return (gateOf(inputs, node) === undefined ? halved : gated)(site, walk)
  if (rule === 'gradient') return site.vjp()
  if (typeof rule === 'object' && 'propagate' in rule) return rule.propagate(site)
  throw refused(
    node,
    'multiplies two signals, and its rule is for weights',
    "Use 'gate', 'half' or 'gate-or-half' there.",
  )
}
