import { inferOutputs } from './infer.ts'
import type { OpName, Operators } from './operators.ts'
import { createOps } from './create-ops.ts'
import type { Ops } from './ops.ts'
import { signsOf } from './sign.ts'
import { simplify } from './simplify.ts'
import type { Node, Value } from './value.ts'

/**
 * A growing directed acyclic graph of ONNX operators. Nodes are interned: the same operator on the same inputs with the
 * same attributes is the same node, so methods traced into one graph share every computation they have in common.
 */
export interface Graph {
  /** All nodes in order of execution. */
  readonly nodes: readonly Node[]
  /** Builders for rules and methods: interned and simplified from what is known of signs. */
  readonly ops: Ops
  /** The builder underneath `ops`, for walks that repeat nodes of any operator on other inputs. */
  readonly build: Build
  /** Builders for an imported model's layer: nothing is simplified or shared, so that each of its ReLUs stays a site. */
  layer(name: string): Ops
}

/** The builder underneath {@link Ops}: makes a node and returns its outputs. */
export type Build = <K extends OpName>(
  op: K,
  inputs: readonly Value[],
  attributes: Operators[K],
) => readonly Value[]

/** Starts an empty graph. */
export function createGraph(): Graph {
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
    const operands = inputs.map((value) => `${value.node.id}.${value.slot}`).join()
    // JSON has no infinities, and a clip from −∞ is not a clip to +∞.
    const text = JSON.stringify(attributes, (_, item: unknown) =>
      Number.isFinite(item) ? item : typeof item === 'number' ? `${item}` : item,
    )
    return `${op}(${operands})${text}`
  }

  function intern<K extends OpName>(
    op: K,
    inputs: readonly Value[],
    attributes: Operators[K],
  ): readonly Value[] {
    const simpler = simplify(op, inputs, attributes, ops)
    if (simpler) return [simpler]
    const name = key(op, inputs, attributes)
    let node = interned.get(name)
    if (!node) interned.set(name, (node = add(op, inputs, attributes)))
    return node.outputs
  }

  const ops = createOps(intern)
  const graph: Graph = {
    nodes,
    ops,
    build: intern,
    layer: (name) =>
      createOps((op, inputs, attributes) => {
        const node = add(op, inputs, attributes, name)
        const id = key(op, inputs, attributes)
        // A rule that asks for what the model already computes gets the model's own node.
        if (!interned.has(id)) interned.set(id, node)
        return node.outputs
      }),
  }
  return graph
}
