import { SaliencyError } from '@saliency/core'
import type { DemoName, LocalNetwork } from '../protocol.ts'
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

/** The files of a network that a command serves beside the page. */
export function localFiles({ name, folder, path }: LocalNetwork): ModelPlace {
  return {
    name,
    path,
    files: {
      async read(file) {
        const answer = await fetch(new URL(encodeURIComponent(file).replaceAll('%2F', '/'), folder))
        if (answer.ok) return new Uint8Array(await answer.arrayBuffer())
        throw new SaliencyError('FILE', `${file} is needed, but does not lie beside ${path}.`)
      },
    },
  }
}
