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
  const entryOf = createInterning()

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

  /** The passes look at each application once; a rule that asks for what the model already computes gets the model's own node. */
  const intern: Build = (op, inputs, attributes) => {
    const entry = entryOf(op, inputs, attributes)
    if (entry.built) return entry.built
    const simpler = simplified({ op, inputs, attributes })
    entry.built = simpler ? [simpler] : (entry.layer ?? add(op, inputs, attributes).outputs)
    return entry.built
  }

  const buildLayer =
    (name: string): Build =>
    (op, inputs, attributes) => {
      const { outputs } = add(op, inputs, attributes, name)
      entryOf(op, inputs, attributes).layer ??= outputs
      return outputs
    }

  const ops = createOps(intern, { batch, numbers: new Map() })
  const graph: Graph = {
    nodes,
    ...(batch !== undefined && { batch }),
    ops,
    build: intern,
    layer: (name) => createOps(buildLayer(name), { batch }),
    buildLayer,
  }
  return graph
}
