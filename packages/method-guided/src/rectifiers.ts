import type { Model, Node, RuleTable, Rules, Site, Value } from '@saliency/core'
import { selfGates } from './self-gates.ts'

/** The operators that let the positive half of their input through and hold back the negative half. */
const rectifiers = ['Relu', 'Clip', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Softplus'] as const
type Rectifier = (typeof rectifiers)[number]

/** Which operators count as rectifiers: every one that cuts or damps negative values, or ReLU alone (Captum's convention). */
export type RectifierSites = 'rectifiers' | 'relu'

/** What happens to the signal at one rectifier; `gate` is the place of its gate among the inputs, −1 where it has none. */
export type RectifierRule = (site: Site<Rectifier | 'Mul'>, gate: number) => readonly Value[]

/**
 * A clip from 0 is a rectifier (ReLU6), unless what it clips was shifted by a constant: clip(x + 3, 0, 6)/6 is a hard
 * sigmoid. A clip whose lower bound is not 0 has no half that it switches off.
 */
function isRectifier(node: Node): boolean {
  if (node.op !== 'Clip') return true
  const before = node.inputs[0]?.node
  const isShifted = before?.op === 'Add' && before.inputs.some((value) => value.node.op === 'Constant')
  return (node as Node<'Clip'>).attributes.minimum === 0 && !isShifted
}

/** The same rule at every rectifier of the model; a self-gated activation is one at its product, not inside its gate. */
export function atRectifiers(model: Model, sites: RectifierSites, rule: RectifierRule): Rules {
  if (sites === 'relu') return { Relu: (site) => rule(site, -1) }
  const gates = selfGates(model)
  const inside = new Set([...gates.values()].flatMap(({ nodes }) => nodes))
  const table: RuleTable = Object.fromEntries(
    rectifiers.map((op) => [op, (site: Site<Rectifier>) => rule(site, -1)]),
  )
  return [
    [(node) => isRectifier(node) && !inside.has(node), table],
    [(node) => gates.has(node), { Mul: (site) => rule(site, gates.get(site.node)?.index ?? -1) }],
  ]
}
