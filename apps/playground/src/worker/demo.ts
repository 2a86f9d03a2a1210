import { SaliencyError } from '@saliency/core'
import type { DemoName } from '../protocol.ts'
import type { ModelPlace } from './brought.ts'

/** The files of the zoo's networks, by their place in it, as addresses relative to the page. */
const addresses = import.meta.glob<string>('../../../../packages/zoo/models/{residual,vgg,vit}/*', {
  query: '?url',
  import: 'default',
  eager: true,
})

/** The files of one network of the zoo, and which of them is the model. */
export function demoFiles(name: DemoName): ModelPlace {
  return {
    name,
    path: name === 'vit' ? 'model.onnx' : 'model.json',
    files: {
      async read(path) {
        const address = addresses[`../../../../packages/zoo/models/${name}/${path}`]
        if (address === undefined) throw new SaliencyError('FILE', `${name} has no ${path}.`)
        return new Uint8Array(await (await fetch(address)).arrayBuffer())
      },
    },
  }
}
