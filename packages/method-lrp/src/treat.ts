import type { LinearSite, Node, OpName, Value } from '@saliency/core'
import { isCentring } from './kinds.ts'
import { asMultiple, throughActivation } from './multiples.ts'
import type { Treatment } from './operators.ts'
import { product, scaled } from './products.ts'
import { propagate } from './propagate.ts'
import { softmax } from './softmax.ts'
import { divide } from './stabilize.ts'
import { place, refused, shareOut, type Treat, type Walk } from './walk.ts'

function byRule(site: LinearSite, walk: Walk): readonly Value[] {
  const rule = walk.composition.ruleFor(site.node)
  if (rule === 'gradient') return site.vjp()
  if (rule === 'pass') return unchanged(site)
  if (rule === 'centre' && isCentring(site.node)) return centred(site, walk)
  if (typeof rule === 'string')
    throw refused(site.node, `cannot obey the rule '${rule}'`, "Use 'epsilon' there.")
  if ('propagate' in rule) return rule.propagate(site)
  return propagate(site, rule, walk, (portions) => walk.witness?.shares(rule.name, portions))
}

/**
 * x ⊙ Cᵀ(R / Cx) with C = 1 − mean, which is its own transpose. A norm's relevance was divided where β took its share, so
 * this division needs no ε of its own.
 */
function centred({ signal, output, inputs, ops }: LinearSite, walk: Walk): readonly Value[] {
  const [x, mean] = inputs as readonly [Value, Value]
  const { axes } = mean.node.attributes as { readonly axes: readonly number[] }
  const c = divide(ops, signal, output, 0, walk)
  return [ops.mul(x, ops.sub(c, ops.reduceMean(c, { axes }))), ops.fill(mean.shape, 0)]
}

function unchanged(site: LinearSite): readonly Value[] {
  const { signal, inputs, ops } = site
  if (isCentring(site.node)) return [signal, ops.fill((inputs[1] as Value).shape, 0)]
  const [input] = inputs
  if (inputs.length === 1 && input?.shape.join() === signal.shape.join()) return [signal]
  throw refused(
    site.node,
    `cannot pass relevance through unchanged, because its ${inputs.length} inputs differ in shape from its output`,
    "Use 'epsilon' there.",
  )
}

/** Sums of model layers obey the composite; operators that rules do not name are shared in proportion. */
const share: Treat = (site, walk) => {
  switch (site.node.op as OpName) {
    case 'Add':
    case 'Sub':
    case 'AveragePool':
    case 'GlobalAveragePool':
    case 'ReduceMean':
      return byRule(site, walk)
    default:
      return isNearest(site.node) ? site.vjp() : shareOut(site, walk)
  }
}

/** Each output of a nearest-neighbour resize is a copy of one input, so relevance follows the copies. */
function isNearest(node: Node): boolean {
  return node.op === 'Resize' && (node as Node<'Resize'>).attributes.mode === 'nearest'
}

/** iNNvestigate's BatchNormalizationReverseLayer: x (y − β) R / ((x − μ) y). */
function innvestigateBatchNorm(site: LinearSite, walk: Walk): readonly Value[] {
  const { node, inputs, output, signal, ops } = site
  const [x] = inputs as [Value]
  const [, , beta, mean] = node.inputs as [Value, Value, Value, Value]
  const above = ops.mul(ops.mul(x, ops.sub(output, ops.perChannel(beta, x))), signal)
  const below = ops.mul(ops.sub(x, ops.perChannel(mean, x)), output)
  // iNNvestigate adds 1e-7 only where a denominator is exactly zero.
  return [divide(ops, above, below, 1e-7, { ...walk, denominators: 'zero-only' })]
}

const norm: Treat = (site, walk) =>
  walk.composition.batchNorm === 'innvestigate' ? innvestigateBatchNorm(site, walk) : byRule(site, walk)

/** The winners' relevance, which is a multiple of their values: where it is zero, the denominators below need no sign. */
const toWinners: Treat = (site, { routes }) => {
  const carried = site.vjp()
  site.inputs.forEach((input, at) => routes.note(site.signal, site.output, carried[at] as Value, input))
  return carried
}

/** What happens to relevance at an operator, by its treatment. */
export const treat: { readonly [K in Treatment]: Treat } = {
  kernel: (site, walk) => (site.inputs.length > 1 ? product(site, walk) : byRule(site, walk)),
  share,
  norm,
  gate: (site, walk) => (site.inputs.length > 1 ? product(site, walk) : scaled(site, walk)),
  softmax,
  pass(site, walk) {
    if (walk.composition.ruleFor(site.node) === 'gradient') return site.vjp()
    return throughActivation(site, walk.isExact) ?? unchanged(site)
  },
  route: (site) => asMultiple(site, (c) => site.vjp(c)) ?? site.vjp(),
  winner(site, walk) {
    return (walk.isExact ? asMultiple(site, (c) => site.vjp(c)) : undefined) ?? toWinners(site, walk)
  },
  refuse({ node }) {
    throw refused(
      node,
      'has no relevance rule: it is neither linear, nor an activation, nor a gate',
      'LRP covers convolutions, dense layers, batch norm, sums, pooling, activations and gated products; gradient methods can explain this model.',
    )
  },
  none({ node }) {
    throw new Error(`internal: relevance arrived at ${place(node)}`)
  },
}
