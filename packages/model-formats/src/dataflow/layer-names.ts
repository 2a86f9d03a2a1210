import { uniqueName } from '../import-session.ts'
import type { FlowNode } from './flow-node.ts'

/** A node's place in the network: the modules that it lies in, and its own name there. */
interface Place {
  readonly scopes: readonly string[]
  readonly leaf: string
}

/**
 * The scopes of a node's name and its last part. PyTorch repeats the path inside containers:
 * `/layer1/layer1.0/conv1/Conv` lies in `layer1.0.conv1`.
 */
function placeInName(node: FlowNode): Place {
  const parts = (node.name ?? '').split('/').filter((part) => part !== '')
  const leaf = parts.pop() ?? node.opType ?? 'node'
  const scopes: string[] = []
  for (const part of parts) {
    const last = scopes.at(-1)
    if (last !== undefined && part.startsWith(`${last}.`)) scopes.pop()
    scopes.push(part)
  }
  return { scopes, leaf }
}

/** What all nodes share in front says nothing: `StatefulPartitionedCall/model/`. */
function sharedDepth(paths: readonly (readonly string[])[]): number {
  const [first = []] = paths
  let depth = 0
  while (depth < first.length && paths.every((path) => path[depth] === first[depth])) depth++
  return paths.length > 1 ? depth : 0
}

/**
 * Where each node lies: as `moduleOf` tells, with its operator and a number as its own name, else as its name does. The
 * numbers are those that names with scopes have: `Relu`, `Relu_1` in one module.
 */
function locate<N extends FlowNode>(
  nodes: readonly N[],
  moduleOf: (node: N) => readonly string[] | undefined,
): readonly (Place & { readonly node: N })[] {
  const counts = new Map<string, number>()
  return nodes.map((node) => {
    const scopes = moduleOf(node)
    if (!scopes) return { node, ...placeInName(node) }
    const operator = node.opType ?? 'node'
    const key = [...scopes, operator].join('/')
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    return { node, scopes, leaf: count === 0 ? operator : `${operator}_${count}` }
  })
}

/**
 * Readable, unique layer names for nodes: a module that is one node is called by the module's name
 * (`layer1.0.conv1`), other nodes by their module's and their own (`layer1.0.Add`, `layer1.0.Relu_1`). Modules are what
 * `moduleOf` says, where it does, else what names with slashes say.
 */
export function nameLayers<N extends FlowNode>(
  nodes: readonly N[],
  moduleOf: (node: N) => readonly string[] | undefined = () => undefined,
): ReadonlyMap<N, string> {
  const located = locate(nodes, moduleOf)
  const shared = sharedDepth(located.map(({ scopes }) => scopes))
  const population = new Map<string, number>()
  for (const { scopes } of located) {
    for (let depth = 1; depth <= scopes.length; depth++) {
      const key = scopes.slice(0, depth).join('/')
      population.set(key, (population.get(key) ?? 0) + 1)
    }
  }
  const names = new Map<N, string>()
  const taken = new Set<string>()
  for (const { node, scopes, leaf } of located) {
    const path = scopes.slice(shared)
    const isAlone = path.length > 0 && population.get(scopes.join('/')) === 1
    const name = uniqueName((isAlone ? path : [...path, leaf]).join('.'), taken)
    taken.add(name)
    names.set(node, name)
  }
  return names
}
