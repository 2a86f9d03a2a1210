import type { Method } from '@saliency/core'
import type { Family, NetworkFacts } from '../protocol.ts'
import type { Network } from './network.ts'

function familyOf(method: Method): Family {
  return {
    method: method.id,
    title: method.title,
    isSampling: method.kind === 'sampling',
    variants: Object.entries(method.variants).map(([name, { handling, description, role }]) => ({
      id: `${method.id}/${name}`,
      name,
      handling,
      description,
      isControl: role === 'control',
    })),
  }
}

/** What the page is told of a network. */
export function networkFacts({
  model,
  weights,
  methods,
  classes,
  preprocess,
  isGuessed,
  steps,
}: Network): NetworkFacts {
  const count = Number(model.logits.shape[1])
  return {
    name: model.name,
    classes: Array.from({ length: count }, (_, index) => classes[index] ?? `class ${index}`),
    parameters: [...weights.values()].reduce((sum, { data }) => sum + data.length, 0),
    preprocess,
    isGuessed,
    families: methods.map(familyOf),
    steps: steps.map(({ block }) => ({ block })),
  }
}
