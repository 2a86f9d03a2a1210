import { createGraph } from '../graph/graph.ts'
import type { Operators } from '../graph/operators.ts'
import { ancestors } from '../graph/reach.ts'
import { repeatNode } from '../graph/repeat.ts'
import { isNode, type Graph, type Node, type Value } from '../graph/value.ts'
import { layerName } from './layer-name.ts'
import { recognise } from './recognise.ts'
import type { Recognised } from './recognised.ts'

/** A model's values in a graph in which every activation and norm is written in one way. */
export interface Canonized {
  readonly values: readonly Value[]
  /** Kinds of the layers that several became. */
  readonly kinds: ReadonlyMap<string, string>
}

type Roles = ReadonlyMap<Node, Operators['Parameter']['role']>

/** The nodes that are left when a recognised region is one step, in order of execution. */
function remaining(values: readonly Value[], found: ReadonlyMap<Node, Recognised>): readonly Node[] {
  const seen = new Set<Node>()
  const open = values.map(({ node }) => node)
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    const region = found.get(node)?.region
    const reads = region ? [region.base, ...region.parameters] : node.inputs
    open.push(...reads.map((value) => value.node))
  }
  return [...seen].toSorted((a, b) => a.id - b.id)
}

/** What parameters turn out to be: a slope, a norm's gamma or beta. What the file said of them already stays. */
function rolesOf(found: Iterable<Recognised>): Roles {
  const roles = new Map<Node, Operators['Parameter']['role']>()
  for (const { region, roles: given } of found) {
    for (const [at, role] of given.entries()) {
      const leaves = ancestors([region.parameters[at] as Value]).filter((node) => isNode(node, 'Parameter'))
      for (const leaf of leaves) if (leaf.attributes.role === 'other') roles.set(leaf, role)
    }
  }
  return roles
}

/** The same node in another graph, its parameter with the role that was found. */
function repeat(graph: Graph, node: Node, inputs: readonly Value[], roles: Roles): readonly Value[] {
  const role = roles.get(node)
  const attributes = role ? { ...node.attributes, role } : node.attributes
  return repeatNode(graph, node, inputs, attributes)
}

/**
 * Writes activations and norms in one way, however the file spells them: x · clip(x + 3, 0, 6)/6 becomes a hard-swish,
 * relu(x) − a · relu(−x) a PReLU, x/√(mean x² + ε) the norm that an operator of that name is imported as. Outputs stay what
 * they are up to rounding; whatever else reads a part of a spelling still finds it. So rules meet one operator where a
 * network has one activation (Zennit calls such a pass a canonizer: Anders et al. 2021, arXiv:2106.13200).
 */
export function canonize(values: readonly Value[]): Canonized {
  const found = new Map<Node, Recognised>()
  for (const node of ancestors(values)) {
    const recognised = recognise(node)
    if (recognised) found.set(node, recognised)
  }
  const kinds = new Map<string, string>()
  if (found.size === 0) return { values, kinds }
  const nodes = remaining(values, found)
  const roles = rolesOf(nodes.flatMap((node) => found.get(node) ?? []))
  const graph = createGraph({ batch: values[0]?.graph.batch })
  const made = new Map<Value, Value>()
  const now = (value: Value) => made.get(value) as Value

  function replace(node: Node, { region, kind, build }: Recognised): Value {
    const inside = new Set(region.nodes)
    const others = new Set(nodes.flatMap((each) => (inside.has(each) ? [] : (each.layer ?? []))))
    const name = layerName(region.nodes, kind, others)
    if (name !== undefined && region.nodes.some(({ layer }) => layer !== name)) kinds.set(name, kind)
    return build(
      name === undefined ? graph.ops : graph.layer(name),
      now(region.base),
      region.parameters.map(now),
    )
  }

  for (const node of nodes) {
    const recognised = found.get(node)
    const outputs = recognised
      ? [replace(node, recognised)]
      : repeat(graph, node, node.inputs.map(now), roles)
    for (const [slot, value] of outputs.entries()) made.set(node.outputs[slot] as Value, value)
  }
  return { values: values.map(now), kinds }
}
