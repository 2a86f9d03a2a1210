import { inferOutputs } from './infer.ts'
import type { OpName, Operators } from './operators.ts'
import { createOps } from './create-ops.ts'
import { buildPasses } from '../passes/passes.ts'
import { signsOf } from './sign.ts'
import type { Build, Graph, Node, Value } from './value.ts'

/** What may be settled before a graph is built. */
export interface GraphSettings {
  /** By `n`, shapes mean one image from here on; default: `n` stays open. */
  readonly batch?: 1 | undefined
}

/** JSON, infinities included, which it writes as null: a clip from −∞ is not a clip to +∞. */
function textOf(attributes: unknown): string {
  const text = JSON.stringify(attributes)
  if (!text.includes('null')) return text
  return JSON.stringify(attributes, (_, item: unknown) =>
    typeof item === 'number' && !Number.isFinite(item) ? `${item}` : item,
  )
}

/** Starts an empty graph. */
export function createGraph({ batch }: GraphSettings = {}): Graph {
  const nodes: Node[] = []
  const interned = new Map<string, Node>()

  function add<K extends OpName>(
    op: K,
    inputs: readonly Value[],
    attributes: Operators[K],
    layer?: string,
  ): Node {
    const outputs: Value[] = []
    const node: Node = {
      id: nodes.length,
      op,
      inputs,
      attributes,
      outputs,
      ...(layer !== undefined && { layer }),
    }
    const signs = signsOf(op, inputs, attributes)
    for (const [slot, output] of inferOutputs(op, inputs, attributes, layer).entries()) {
      outputs.push({ graph, node, slot, ...output, sign: signs[slot] ?? 'any' })
    }
    nodes.push(node)
    return node
  }

  function key(op: OpName, inputs: readonly Value[], attributes: unknown): string {
    let operands = ''
    for (const { node, slot } of inputs) operands += `${node.id}.${slot},`
    return `${op}(${operands})${textOf(attributes)}`
  }

  function intern<K extends OpName>(
    op: K,
    inputs: readonly Value[],
    attributes: Operators[K],
  ): readonly Value[] {
    for (const { rewrite } of buildPasses) {
      const simpler = rewrite({ op, inputs, attributes }, ops)
      if (simpler) return [simpler]
    }
    const name = key(op, inputs, attributes)
    let node = interned.get(name)
    if (!node) interned.set(name, (node = add(op, inputs, attributes)))
    return node.outputs
  }

  const buildLayer =
    (name: string): Build =>
    (op, inputs, attributes) => {
      const node = add(op, inputs, attributes, name)
      const id = key(op, inputs, attributes)
      // A rule that asks for what the model already computes gets the model's own node.
      if (!interned.has(id)) interned.set(id, node)
      return node.outputs
    }

  const ops = createOps(intern, batch)
  const graph: Graph = {
    nodes,
    ...(batch !== undefined && { batch }),
    ops,
    build: intern,
    layer: (name) => createOps(buildLayer(name), batch),
    buildLayer,
  }
  return graph
}
