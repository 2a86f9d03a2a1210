import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { strToU8, zipSync } from 'fflate'

const here = fileURLToPath(new URL('.', import.meta.url))

/** A small file that another program wrote. */
export const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(here, 'fixtures', name)))

/** A file of the zoo's networks. */
export const zoo = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(join(here, '../../../packages/zoo/models', path)))

/** What Teachable Machine exports: a layers model with its classes beside it. */
export const teachableMachine = (): Uint8Array =>
  zipSync({
    'model.json': zoo('vgg/model.json'),
    'weights.bin': zoo('vgg/weights.bin'),
    'metadata.json': strToU8(
      JSON.stringify({
        labels: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
        imageSize: 64,
        packageName: '@teachablemachine/image',
      }),
    ),
  })
