import type { Model, Node, OpName, Value } from '@saliency/core'

/** Functions that close a gate: what a self-gated activation x · gate(x) is recognised by. */
const closing: ReadonlySet<OpName> = new Set(['Sigmoid', 'HardSigmoid', 'Clip', 'Erf', 'Tanh'])
/** Element by element; with a constant operand they have a single input. */
const elementwise: ReadonlySet<OpName> = new Set([...closing, 'Softplus', 'Add', 'Sub', 'Mul', 'Div', 'Neg'])

/** A self-gated activation, found at its product: Swish (SiLU), hard-swish, GELU, Mish. */
export interface SelfGate {
  /** Which operand of the product is the gate. */
  readonly index: number
  /** What the gate is made of, from the product down. */
  readonly nodes: readonly Node[]
}

/** The elementwise functions of one value above `value`'s root, and that root. */
function chainOf(value: Value, isData: (value: Value) => boolean): { root: Value; nodes: readonly Node[] } {
  const nodes: Node[] = []
  let root = value
  for (;;) {
    const [input, ...others] = root.node.inputs.filter(isData)
    if (!input || others.length > 0 || !elementwise.has(root.node.op)) return { root, nodes }
    nodes.push(root.node)
    root = input
  }
}

/** Every product of the model in which a value is multiplied by a gate of itself. */
export function selfGates(model: Model): ReadonlyMap<Node, SelfGate> {
  const nodes = model.layers.flatMap((layer) => layer.nodes)
  const data = new Set<Node>([model.image.node, ...nodes])
  const gates = new Map<Node, SelfGate>()
  for (const node of nodes) {
    const [a, b, ...rest] = node.inputs.filter((value) => data.has(value.node))
    if (node.op !== 'Mul' || !a || !b || rest.length > 0) continue
    const chains = [a, b].map((value) => chainOf(value, ({ node: from }) => data.has(from)))
    if (chains[0]?.root !== chains[1]?.root) continue
    const index = chains.findIndex((chain) => chain.nodes.some(({ op }) => closing.has(op)))
    if (index >= 0) gates.set(node, { index, nodes: chains[index]?.nodes ?? [] })
  }
  return gates
}
