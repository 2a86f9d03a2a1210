import { counted, type Method } from '@saliency/core'
import type { Family, NetworkFacts } from '../protocol.ts'
import type { Network } from './network.ts'
import { threads } from './threads.ts'

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

function engineLine({ id, version }: Network['engine']): string {
  const why = globalThis.crossOriginIsolated
    ? ''
    : ', since the host sends no headers that isolate the page (COOP and COEP)'
  return `${id} ${version} on WebAssembly, ${counted(threads, 'thread')}${why}`
}

/** What the page is told of a network. */
export function networkFacts({
  model,
  engine,
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
    engine: engineLine(engine),
    classes: Array.from({ length: count }, (_, index) => classes[index] ?? `class ${index}`),
    parameters: [...weights.values()].reduce((sum, { data }) => sum + data.length, 0),
    preprocess,
    isGuessed,
    families: methods.map(familyOf),
    steps: steps.map(({ block }) => ({ block })),
  }
}
