import { counted } from '../message.ts'
import { SaliencyError } from '../errors.ts'
import { ancestors, dataInputs } from '../graph/reach.ts'
import { formatShape, sameShape } from '../graph/shape.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import { linear } from './linear.ts'
import { mergedLayer } from './merged.ts'
import type { BackwardRequest, LinearSite, RuleTable, Rules, Signals } from './site.ts'
import { vjps } from './vjp.ts'
import type { Vjp } from './vjp/vjp.ts'
import type { MergedLayer } from './weighted-layer.ts'

type ChosenRule = (site: LinearSite) => readonly Value[]

/** `Conv in layer 'conv1'`, for messages. */
function placeOf(node: Node): string {
  return node.layer === undefined ? node.op : `${node.op} in layer '${node.layer}'`
}

function ruleFor(rules: Rules, node: Node): ChosenRule | undefined {
  const entries: Exclude<Rules, RuleTable> = Array.isArray(rules) ? rules : [[() => true, rules as RuleTable]]
  for (const [when, table] of entries) {
    const rule = typeof table === 'function' ? table : table[node.op]
    if (rule && when(node)) return rule as ChosenRule
  }
  return undefined
}

/** Products by signal and output: the plain gradient of a model is walked by many variants. */
const products = new WeakMap<Value, Map<Value, readonly Value[]>>()

/** The plain vector–Jacobian product of one node for its data inputs. */
function vjpOf(node: Node, output: Value, signal: Value): readonly Value[] {
  const ofSignal = products.get(signal) ?? new Map<Value, readonly Value[]>()
  const known = ofSignal.get(output)
  if (known) return known
  const vjp = vjps[node.op] as Vjp<typeof node.op> | undefined
  if (!vjp) {
    throw new SaliencyError(
      'NO_GRADIENT',
      `${placeOf(node)} has no gradient, so no signal can pass it; give it a rule, or explain a model without it.`,
    )
  }
  const { ops } = output.graph
  const found = dataInputs(node).map(({ index }) =>
    vjp({ node, inputs: node.inputs, output, signal, ops }, index),
  )
  products.set(signal, ofSignal.set(output, found))
  return found
}

/** What a rule sees at `node`; `merged` is the layer that it counts as, whose data inputs the signal goes to. */
function siteOf(node: Node, output: Value, signal: Value, merged?: MergedLayer): LinearSite {
  const { ops } = output.graph
  const target = merged?.layer ?? node
  const inputs = dataInputs(target).map(({ value }) => value)
  const own = (given: Value) => vjpOf(target, target.outputs[0] as Value, given)
  const parts = { ops, node: target, inputs, output, vjp: own, ...(merged && { merged }) }
  return {
    node: target as LinearSite['node'],
    inputs,
    output,
    signal,
    ops,
    vjp: (given = signal) => (merged?.norm ? linear(parts).transpose(given) : own(given)),
    linear: (modify) => linear(parts, modify),
  }
}

function checkResult(node: Node, inputs: readonly Value[], results: readonly Value[]): void {
  if (results.length !== inputs.length) {
    throw new SaliencyError(
      'RULE_RESULT',
      `The rule for ${placeOf(node)} returned ${counted(results.length, 'signal')} for ${counted(inputs.length, 'data input')}.`,
    )
  }
  for (const [index, result] of results.entries()) {
    const expected = (inputs[index] as Value).shape
    if (!sameShape(result.shape, expected)) {
      throw new SaliencyError(
        'RULE_RESULT',
        `The rule for ${placeOf(node)} returned a signal of shape ${formatShape(result.shape)} for an input of shape ${formatShape(expected)}.`,
      )
    }
  }
}

/** What an expression outside of the model's layers only arranges anew (`[n·h, t, t]` as `[n, h, t, t]`): the same elements. */
function arranged({ node }: Value): Value | undefined {
  const isView = node.layer === undefined && (isNode(node, 'Reshape') || isNode(node, 'Transpose'))
  return isView ? node.inputs[0] : undefined
}

/** What a view is a view of; a value that is none, itself. */
function unarranged(value: Value): Value {
  const origin = arranged(value)
  return origin ? unarranged(origin) : value
}

/**
 * Carries a signal from `from` back to the image: each operator's vector–Jacobian product, or the rule that replaces it.
 * @throws NO_GRADIENT, RULE_RESULT naming operator and layer.
 */
export function backward(request: BackwardRequest & { from: Value; start: Value }): Signals {
  const { from, start, rules = {}, until } = request
  const merging = { biases: request.biases === 'merge', batchNorm: request.batchNorm === 'merge' }
  const { ops } = from.graph
  const arrived = new Map<Value, Value>()
  /** Signals inside a merged layer, made only if somebody asks. */
  const inside = new Map<Value, () => Value>()
  const add = (value: Value, signal: Value) => {
    const old = arrived.get(value)
    arrived.set(value, old ? ops.add(old, signal) : signal)
  }

  function pass(node: Node, output: Value, signal: Value): void {
    const merged = mergedLayer(node, merging)
    const before = () => vjpOf(node, output, signal)[0] as Value
    for (const part of merged ? [merged.layer, merged.norm && merged.bias] : [])
      if (part) inside.set(part.outputs[0] as Value, before)
    const site = siteOf(node, output, signal, merged)
    const results = ruleFor(rules, site.node)?.(site) ?? site.vjp()
    checkResult(site.node, site.inputs, results)
    for (const [index, input] of site.inputs.entries()) add(input, results[index] as Value)
  }

  const last = until && unarranged(until).node.id
  add(from, start)
  for (const node of ancestors([from]).toReversed()) {
    if (last !== undefined && node.id <= last) break
    const output = node.outputs[0] as Value
    const signal = arrived.get(output)
    if (signal && dataInputs(node).length > 0) pass(node, output, signal)
  }
  return {
    at(value) {
      const signal = arrived.get(value) ?? inside.get(value)?.()
      if (signal) return signal
      const origin = arranged(value)
      if (origin)
        return value.graph.build(value.node.op, [this.at(origin)], value.node.attributes)[0] as Value
      throw new SaliencyError(
        'NOT_REACHED',
        `No signal reaches the output of ${placeOf(value.node)}: the value explained does not depend on it.`,
      )
    },
  }
}
