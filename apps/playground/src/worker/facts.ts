import type { Method, Weights } from '@saliency/core'
import type { Family, NetworkFacts } from '../protocol.ts'
import { hasTargetLayer, type Network } from './network.ts'

function familyOf(method: Method): Family {
  return {
    method: method.id,
    title: method.title,
    isSampling: method.kind === 'sampling',
    variants: Object.entries(method.variants).map(([name, { handling, description, role, counterpart }]) => ({
      id: `${method.id}/${name}`,
      name,
      handling,
      description,
      ...(counterpart !== undefined && {
        counterpart: counterpart.includes('/') ? counterpart : `${method.id}/${counterpart}`,
      }),
      isControl: role === 'control',
    })),
  }
}

/** Layers that can be a target, where some method asks for one. */
function layersOf({ model, methods, layer }: Network): Pick<NetworkFacts, 'layers'> {
  const names = model.layers.filter(({ maps }) => maps?.isRead).map(({ name }) => name)
  if (names.length === 0 || !methods.some(hasTargetLayer)) return {}
  return { layers: { names, chosen: layer ?? model.target.layer?.name ?? '' } }
}

/** What the page is told of a network. */
export function networkFacts(network: Network): NetworkFacts {
  const { model, weights, methods, classes, preprocess, outputs, guesses, takesAnySize, steps } = network
  const count = Number(model.logits.shape[1])
  return {
    name: model.name,
    outputs,
    ...layersOf(network),
    guesses,
    takesAnySize,
    classes: Array.from({ length: count }, (_, index) => classes[index] ?? `class ${index}`),
    parameters: parametersOf(weights),
    preprocess,
    families: methods.map(familyOf),
    steps: steps.map(({ block }) => ({ block })),
  }
}

/** How many numbers were trained. */
export function parametersOf(weights: Weights): number {
  return [...weights.values()].reduce((sum, { data }) => sum + data.length, 0)
}
