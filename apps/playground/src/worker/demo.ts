import { SaliencyError } from '@saliency/core'
import { importModel, type ImportedModel } from '@saliency/model-formats'
import type { DemoName } from '../protocol.ts'

/** The files of the zoo's networks, by their place in it, as addresses relative to the page. */
const addresses = import.meta.glob<string>('../../../../packages/zoo/models/{residual,vgg,vit}/*', {
  query: '?url',
  import: 'default',
  eager: true,
})

/** Reads the files of one network of the zoo. */
function filesOf(name: DemoName) {
  return {
    async read(path: string): Promise<Uint8Array> {
      const address = addresses[`../../../../packages/zoo/models/${name}/${path}`]
      if (address === undefined) throw new SaliencyError('FILE', `${name} has no ${path}.`)
      const response = await fetch(address)
      return new Uint8Array(await response.arrayBuffer())
    },
  }
}

/** Opens a network of the zoo. */
export function importDemo(name: DemoName): Promise<ImportedModel> {
  return importModel(name === 'vit' ? 'model.onnx' : 'model.json', filesOf(name), { name })
}
