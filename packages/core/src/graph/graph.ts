import { inferOutputs } from './infer.ts'
import type { OpName, Operators } from './operators.ts'
import { createOps } from './create-ops.ts'
import { createInterning } from './interning.ts'
import type { Application } from '../passes/build-pass.ts'
import { buildPasses } from '../passes/passes.ts'
import { signsOf } from './sign.ts'
import type { Build, Graph, Node, Value } from './value.ts'

/** What may be settled before a graph is built. */
export interface GraphSettings {
  /** By `n`, shapes mean one image from here on; default: `n` stays open. */
  readonly batch?: 1 | undefined
}

/** Starts an empty graph. */
export function createGraph({ batch }: GraphSettings = {}): Graph {
  const nodes: Node[] = []
  const layers = createInterning()
  /** What became of each application outside of the layers: the passes look at it once. */
  const built = createInterning()

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

  function simplified<K extends OpName>(application: Application<K>): Value | undefined {
    for (const { rewrite } of buildPasses) {
      const simpler = rewrite(application, ops)
      if (simpler) return simpler
    }
    return undefined
  }

  const intern: Build = (op, inputs, attributes) => {
    const known = built.find(op, inputs, attributes)
    if (known) return known
    const simpler = simplified({ op, inputs, attributes })
    // A rule that asks for what the model already computes gets the model's own node.
    const outputs = simpler
      ? [simpler]
      : (layers.find(op, inputs, attributes) ?? add(op, inputs, attributes).outputs)
    built.add(op, inputs, attributes, outputs)
    return outputs
  }

  const buildLayer =
    (name: string): Build =>
    (op, inputs, attributes) => {
      const { outputs } = add(op, inputs, attributes, name)
      layers.add(op, inputs, attributes, outputs)
      return outputs
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
