import { invalid } from '../problems.ts'
import type { KerasLayer, StoredWeight, WeightLookup } from './topology.ts'

interface Named extends StoredWeight {
  readonly name: string
}

/**
 * Looks weights up by name, as Keras 2 and TensorFlow.js write them: `conv1/kernel`, `conv1/conv1/kernel:0`,
 * `backbone/conv1/kernel`.
 */
export function lookupByName(weights: readonly Named[]): WeightLookup {
  const byEnding = new Map<string, Named[]>()
  for (const weight of weights) {
    const clean = weight.name.replace(/:\d+$/, '')
    const ending = clean.split('/').at(-1) ?? clean
    const list = byEnding.get(ending)
    if (list) list.push({ ...weight, name: clean })
    else byEnding.set(ending, [{ ...weight, name: clean }])
  }
  return (layer, weight) => {
    const named = byEnding.get(weight) ?? []
    const exact = named.filter(
      ({ name }) => name === `${layer.name}/${weight}` || name === `${layer.path.join('/')}/${weight}`,
    )
    if (exact.length === 1) return exact[0]
    const mentioned = named.filter(({ name }) => `/${name}`.includes(`/${layer.name}/`))
    const within = mentioned.filter(({ name }) => isWithin(name, layer))
    const candidates = within.length > 0 ? within : mentioned
    if (candidates.length > 1) {
      throw invalid(
        `Layer '${layer.path.join('/')}': several weights could be its '${weight}': ${candidates.map(({ name }) => name).join(', ')}.`,
      )
    }
    return candidates[0]
  }
}

/** True where the names of the models around a layer lead to the weight in order. */
function isWithin(name: string, { path }: KerasLayer): boolean {
  const parts = name.split('/')
  let at = 0
  for (const part of path) {
    at = parts.indexOf(part, at) + 1
    if (at === 0) return false
  }
  return true
}
