import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tensor } from '@saliency/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { folderStore } from '@saliency/study/node'
import type { StudyRow } from '@saliency/study'
import { rowsIn, saliency, temporaryFolder } from './project.ts'

const folder = temporaryFolder()
const config = {
  model: 'residual',
  images: { procedural: 'shapes', count: 10 },
  methods: [
    'guided/gradient',
    'guided/guided',
    'lrp/z-plus',
    'lrp/epsilon',
    'guided-gradcam/guided-gradcam',
    'gradcampp/gradcam',
    'smoothgrad/gradient',
    'baseline/edges',
  ],
  checks: [['cosine-convergence', { starts: 2 }]],
}
const out = join(folder, 'run')
let rows: readonly StudyRow[]

beforeAll(async () => {
  writeFileSync(join(folder, 'saliency.config.json'), JSON.stringify(config))
  const { code, error, out: printed } = await saliency(['run', '--root', folder, '--out', out])
  expect(code, error).toBe(0)
  expect(printed).toMatch(/lrp\/z-plus.*cosine-convergence from predictions.*converges/)
  expect(printed).toMatch(/baseline\/edges.*not applicable/)
  rows = await rowsIn(out)
})

/** The median over images, from the logits down to a layer. */
function from(start: string, end: string, variant: string): number {
  const own = rows.filter(
    (row) =>
      row.variant === variant &&
      row.metric === 'cosine-convergence' &&
      row.protocol['start'] === start &&
      row.protocol['end'] === end,
  )
  const values = own.map(({ value }) => value!).sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)]!
}

describe('convergence of random starts on a trained network', () => {
  it('goes the published way: z⁺ and guided backpropagation converge, the gradient and ε do not', () => {
    const at = (end: string) => (variant: string) => from('predictions', end, variant)
    // Three channels tell less than the sixteen above them.
    for (const [value, signed] of [
      [at('image'), 0.96],
      [at('stem_relu'), 0.8],
    ] as const) {
      expect(value('lrp/z-plus')).toBeGreaterThan(0.99)
      expect(value('guided/guided')).toBeGreaterThan(0.98)
      for (const variant of ['guided/gradient', 'lrp/epsilon'])
        expect(value(variant), variant).toBeLessThan(signed)
    }
  })

  it('has a row of every image for every layer, and for every variant that it is no question for', () => {
    const count = (variant: string) =>
      rows.filter((row) => row.variant === variant && row.metric === 'cosine-convergence').length
    expect(count('guided/gradient')).toBe(count('lrp/z-plus'))
    for (const [variant, why] of [
      ['baseline/edges', 'carries no signal'],
      ['gradcampp/gradcam', 'carries no signal from the logits to the image'],
      ['guided-gradcam/guided-gradcam', 'combines the maps of other variants'],
      ['smoothgrad/gradient', 'averages another variant'],
    ] as const) {
      expect(count(variant), variant).toBe(2 * 10)
      const own = rows.filter((row) => row.variant === variant)
      for (const row of own) expect(row).toMatchObject({ value: null, status: 'undefined' })
      for (const row of own) expect(row.note).toContain(why)
    }
  })

  it('is drawn and told in the report', () => {
    const page = readFileSync(join(out, 'report.html'), 'utf8')
    expect(page).toContain('Cosine-similarity convergence: 1 minus the cosine')
    expect(page).toContain('not applicable: it carries no signal')
  })
})

describe('the store of original maps', () => {
  it('gives back random starts, activations and maps as they were, and reads runs that knew none of them', async () => {
    const folder = temporaryFolder()
    const store = folderStore(folder)
    const logits = tensor(Float32Array.of(1, 2, 3, 4), [2, 2])
    const cosines = Float32Array.of(0.5, -1, 1, 0.25)
    const convergence = new Map([
      ['a', { layers: [{ layer: 'image', channels: 3, cosines, shape: [2, 1, 1, 2] as const }] }],
      ['b', { notApplicable: 'b carries none' }],
    ])
    await store.put('maps', 'starts', { maps: new Map(), logits, convergence })
    expect(await store.get('maps', 'starts')).toEqual({ maps: new Map(), logits, convergence })

    const maps = new Map(['a', 'b'].map((id, i) => [id, tensor(Float32Array.of(i, 5), [2, 1, 1, 1])]))
    const activations = { blocks: ['one', 'two'], scales: Float32Array.of(1, 2, 3, 4) }
    await store.put('maps', 'maps', { maps, logits, activations })
    expect(await store.get('maps', 'maps')).toEqual({ maps, logits, activations })
    const file = join(folder, 'maps', 'maps.json')
    const { blocks, ...names } = JSON.parse(readFileSync(file, 'utf8')) as { blocks: unknown }
    expect(blocks).toEqual(['one', 'two'])
    writeFileSync(file, JSON.stringify(names))
    expect(await store.get('maps', 'maps')).toEqual({ maps, logits })
    writeFileSync(file, JSON.stringify({ ...names, sha256: '0' }))
    await expect(store.get('maps', 'maps')).rejects.toThrow(/maps\.npy is damaged: repeat/)
  })
})
