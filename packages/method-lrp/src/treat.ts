import { SaliencyError, type LinearSite, type Node, type OpName, type Value } from '@saliency/core'
import type { Composition } from './composition.ts'
import { gateOf } from './gate.ts'
import type { Treatment } from './operators.ts'
import { type Portion, propagate, type Settings } from './propagate.ts'
import { divide } from './stabilize.ts'

/** What a treatment is given besides the site. */
export interface Walk extends Settings {
  readonly composition: Composition
  readonly stabilizer: number
  readonly witness?: Witness
}

/** Is told of every operator that relevance passes, for the ledger. */
export interface Witness {
  /** The shares of a rule, before the operator they belong to. */
  shares(rule: string, portions: readonly Portion[]): void
  /** An operator and what its inputs received. */
  operator(site: LinearSite, treatment: Treatment, received: readonly Value[]): void
}

type Treat = (site: LinearSite, walk: Walk) => readonly Value[]

/** `Conv in layer 'conv1'`, for messages. */
function place({ op, layer }: Node): string {
  return layer === undefined ? op : `${op} in layer '${layer}'`
}

function refused(node: Node, why: string, remedy: string): SaliencyError {
  return new SaliencyError('UNSUPPORTED_OPERATOR', `lrp: ${place(node)} ${why}. ${remedy}`)
}

/** x · Jᵀ(R / z): every input receives what it contributed to a sum. Works for any operator that is linear in its inputs. */
function shareOut(site: LinearSite, walk: Walk): readonly Value[] {
  const { ops, signal, output, inputs } = site
  const carried = site.vjp(divide(ops, signal, output, walk.stabilizer, walk))
  return inputs.map((input, index) => ops.mul(input, carried[index] as Value))
}

function byRule(site: LinearSite, walk: Walk): readonly Value[] {
  const rule = walk.composition.ruleFor(site.node)
  if (rule === 'gradient') return site.vjp()
  if (rule === 'pass') return unchanged(site)
  if ('propagate' in rule) return rule.propagate(site)
  if (site.node.op === 'MatMul' && site.inputs.length > 1) {
    throw refused(
      site.node,
      'multiplies two signals, as attention does, and LRP has no rule for that here',
      'Gradient, RectGrad or a CAM can explain this model.',
    )
  }
  return propagate(site, rule, walk, (portions) => walk.witness?.shares(rule.name, portions))
}

function unchanged(site: LinearSite): readonly Value[] {
  const { signal, inputs } = site
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

/** Signal-takes-all: a gate decides how much passes, so the signal it opens for gets all the relevance. */
const gate: Treat = (site, walk) => {
  const { inputs, node, signal, ops } = site
  if (inputs.length === 1) {
    if ((node.op as OpName) === 'Div' && inputs[0] === node.inputs[1]) {
      throw refused(node, 'divides a constant by a signal', 'LRP has no rule for reciprocals.')
    }
    return inputs[0]?.shape.join() === signal.shape.join() ? [signal] : shareOut(site, walk)
  }
  const closed = gateOf(inputs, node)
  if (closed === undefined) {
    throw refused(
      node,
      'multiplies two signals of equal standing, and LRP cannot tell which of them is the gate',
      'Put the gate behind a sigmoid, or explain this model with a gradient method.',
    )
  }
  const open = inputs[1 - closed] as Value
  const all = open.shape.join() === signal.shape.join() ? signal : (shareOut(site, walk)[1 - closed] as Value)
  return inputs.map((input, index) => (index === closed ? ops.fill(input.shape, 0) : all))
}

/** What happens to relevance at an operator, by its treatment. */
export const treat: { readonly [K in Treatment]: Treat } = {
  kernel: byRule,
  share,
  norm,
  gate,
  pass: (site, walk) => (walk.composition.ruleFor(site.node) === 'gradient' ? site.vjp() : unchanged(site)),
  route(site, { routes }) {
    const carried = site.vjp()
    site.inputs.forEach((input, at) => routes.note(site.signal, site.output, carried[at] as Value, input))
    return carried
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
