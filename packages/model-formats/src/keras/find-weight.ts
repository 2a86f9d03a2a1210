import { invalid } from '../problems.ts'
import type { KerasLayer, StoredWeight, WeightLookup } from './topology.ts'

/** A weight that a file holds under a name. */
export interface NamedWeight {
  /** As Keras names it: `conv1/kernel`, `backbone/conv1/kernel:0`. */
  readonly name: string
  /** The layer of the whole model that the file lists it under, where the file lists weights by layer. */
  readonly owner?: string
  read(): StoredWeight
}

interface Candidate {
  readonly weight: NamedWeight
  /** What stands in front of the weight's own name: the layer, and models around it. */
  readonly scope: string
}

/**
 * Looks weights up by name, as `.h5` files and TensorFlow.js keep them: `conv1/kernel`, `backbone/conv1/kernel:0`. Names of
 * layers may hold slashes themselves (`conv1/bn`), and a layer may keep a name from before it was renamed; so a weight is
 * first looked for under the layer's exact name, then less exactly.
 */
export function lookupByName(weights: readonly NamedWeight[]): WeightLookup {
  const byEnding = new Map<string, Candidate[]>()
  for (const weight of weights) {
    const parts = weight.name.replace(/:\d+$/, '').split('/')
    // Keras numbers the weights that were made without a name through the whole model: variable, variable_1.
    const ending = (parts.at(-1) ?? '').replace(/^(variable)_\d+$/i, '$1')
    const candidate = { weight, scope: parts.slice(0, -1).join('/') }
    const list = byEnding.get(ending)
    if (list) list.push(candidate)
    else byEnding.set(ending, [candidate])
  }
  return (whole, names, _, part) => {
    const layer = part ? { ...whole, name: part.name, path: [...whole.path, part.name] } : whole
    const named = names.flatMap((name) => byEnding.get(name) ?? [])
    const possible = named.filter(({ weight: { owner } }) => owner === undefined || owner === layer.path[0])
    for (const fits of closeness) {
      const found = possible.filter((candidate) => fits(candidate, layer))
      if (found.length > 1) {
        throw invalid(
          `Layer '${layer.path.join('/')}': several weights could be its '${names[0]}': ${found.map(({ weight }) => weight.name).join(', ')}.`,
        )
      }
      if (found[0]) return found[0].weight.read()
    }
    return undefined
  }
}

/** Ways in which a weight can belong to a layer, the closest first. */
const closeness: readonly ((candidate: Candidate, layer: KerasLayer) => boolean)[] = [
  ({ scope }, { path }) => scope === path.join('/'),
  ({ scope }, { name }) => scope === name,
  ({ scope }, { name }) => scope === `${name}/${name}`,
  ({ scope }, layer) => scope.endsWith(`/${layer.name}`) && isWithin(scope, layer),
  ({ scope }, layer) => `/${scope}/`.includes(`/${layer.name}/`) && isWithin(scope, layer),
  ({ scope }, { name }) => `/${scope}/`.includes(`/${name}/`),
  // A layer of the whole model owns all that the file lists under it, whatever the names say.
  ({ weight }, { path }) => path.length === 1 && weight.owner !== undefined,
]

/** True where the names of the models around a layer lead to the weight in order. */
function isWithin(scope: string, { path }: KerasLayer): boolean {
  let rest = `/${scope}/`
  for (const part of path) {
    const at = rest.indexOf(`/${part}/`)
    if (at < 0) return false
    rest = rest.slice(at + part.length + 1)
  }
  return true
}
