import { readdirSync, readFileSync } from 'node:fs'
import { tensor } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { importKerasArchive, importKerasHdf5, type ImportedModel } from '../src/index.ts'
import { refusedLayers } from '../src/keras/layers/refused.ts'
import { archive3, from, layer } from './keras-config.ts'
import { largestDifference, logitsOf } from './reference.ts'

const folder = new URL('keras-layers/', import.meta.url)
const scores = JSON.parse(readFileSync(new URL('scores.json', folder), 'utf8')) as Record<string, number[]>

/** The image that tools/corpus/keras/layers.py gave Keras, with its channels first. */
const image = tensor(
  Float32Array.from({ length: 192 }, (_, at) => Math.sin(0.7 * ((at % 64) * 3 + Math.floor(at / 64)))),
  [1, 3, 8, 8],
)

function load(file: string): Promise<ImportedModel> {
  const bytes = new Uint8Array(readFileSync(new URL(file, folder)))
  return file.endsWith('.h5') ? importKerasHdf5(bytes) : importKerasArchive(bytes)
}

describe('layers of Keras that keras.applications do not have', () => {
  const files = readdirSync(folder).filter((file) => /\.(keras|h5)$/.test(file))

  test('every file has scores', () => {
    expect(files).toEqual(Object.keys(scores).toSorted())
    expect(files).toHaveLength(12)
  })

  test.each(files)('%s gives the scores of Keras', async (file) => {
    const expected = scores[file] as number[]
    const size = Math.max(...expected.map(Math.abs))
    expect(largestDifference(await logitsOf(await load(file), image), expected) / size).toBeLessThan(5e-6)
  })

  test('an attention over tokens is found in a MultiHeadAttention', async () => {
    const { model } = await load('tokens-keras.keras')
    expect(model.attentions.map(({ scores: { shape } }) => shape)).toContainEqual(['n', 2, 16, 16])
  })

  test('layers that are not imported are refused in one message, each with its reason', async () => {
    const names = Object.keys(refusedLayers)
    const layers = names.map((name, at) =>
      layer(name, [from(names[at - 1]?.toLowerCase() ?? 'image')], {}, {}, name.toLowerCase()),
    )
    const message = await importKerasArchive(await archive3(layers as { name: string }[])).then(
      () => '',
      (error: Error) => error.message,
    )
    for (const name of names)
      expect(message).toContain(`${name.toLowerCase()} (${name}): is not supported: ${refusedLayers[name]}`)
  })
})
