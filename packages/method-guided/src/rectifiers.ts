import type { Node, RuleTable, Rules, Site, Value } from '@saliency/core'

/** The operators that let the positive half of their input through and hold back the negative half. */
const rectifiers = ['Relu', 'Clip', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Softplus'] as const
type Rectifier = (typeof rectifiers)[number]

/** Which operators count as rectifiers: every one that cuts or damps negative values, or ReLU alone (Captum's convention). */
export type RectifierSites = 'rectifiers' | 'relu'

/** What happens to the signal at one rectifier; `inputs` and results are those of its data inputs. */
export type RectifierRule = (site: Site<Rectifier | 'Mul'>) => readonly Value[]

/** A clip whose lower bound is not 0 (hard tanh, say) has no half that it switches off. */
const isRectifier = (node: Node) => node.op !== 'Clip' || (node as Node<'Clip'>).attributes.minimum === 0

/** The gate's place in x · gate(x): Swish (SiLU) and hard-swish, which ONNX spells as a product. */
export function gateOf({ op, inputs }: Pick<Node, 'op' | 'inputs'>): number {
  if (op !== 'Mul') return -1
  return inputs.findIndex(
    ({ node }, index) =>
      (node.op === 'Sigmoid' || node.op === 'HardSigmoid') && node.inputs[0] === inputs[1 - index],
  )
}

/** The same rule at every rectifier of the model. */
export function atRectifiers(sites: RectifierSites, rule: RectifierRule): Rules {
  if (sites === 'relu') return { Relu: rule }
  const table: RuleTable = Object.fromEntries(rectifiers.map((op) => [op, rule]))
  return [
    [isRectifier, table],
    [(node) => gateOf(node) >= 0, { Mul: rule }],
  ]
}
