import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encodeNpy, parseNpy, tensor, type Weights } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { explain } from '@saliency/explain'
import { guided } from '@saliency/method-guided'
import { loadModel } from '@saliency/model-formats/node'
import type { ExternalManifest, StudySummary } from '@saliency/study'
import { demoModelFolder } from '@saliency/zoo'
import { unzipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { rowsIn, saliency, temporaryFolder } from './project.ts'

const root = temporaryFolder()
const at = (...names: string[]) => join(root, ...names)
const config = at('study.json')
const floats = (path: string) => {
  const { data, shape } = parseNpy(readFileSync(path), path)
  return tensor(data as Float32Array, shape)
}
const readManifest = (): ExternalManifest => JSON.parse(readFileSync(at('outside', 'manifest.json'), 'utf8'))

/** Does what a program in another language does: reads weights, pictures and targets, and writes one file a map. */
async function explainOutside(folder: string, variant: string): Promise<void> {
  const { model } = await loadModel(demoModelFolder('residual'))
  const engine = await openOnnxRuntime()
  for (const { weights: file, inputs, maps } of readManifest().states) {
    const weights: Weights = new Map(
      Object.entries(unzipSync(readFileSync(at('outside', file)))).map(([name, bytes]) => {
        const { data, shape } = parseNpy(bytes, name)
        return [name.replace(/\.npy$/, ''), tensor(data as Float32Array, shape)]
      }),
    )
    const pictures = floats(at('outside', inputs))
    const size = pictures.data.length / Number(pictures.shape[0])
    const data = new Float32Array(maps.length * size)
    for (const [row, { image }] of maps.entries())
      data.set(pictures.data.subarray(image * size, (image + 1) * size), row * size)
    const images = tensor(data, [maps.length, ...pictures.shape.slice(1)])
    const target = maps.map((map) => map.target as number)
    const explained = await explain({ model, weights }, images, { engine, method: guided, variant, target })
    const [made] = explained.maps
    for (const [row, map] of maps.entries()) {
      mkdirSync(dirname(join(folder, map.file)), { recursive: true })
      const own = made!.data.subarray(row * size, (row + 1) * size)
      writeFileSync(join(folder, map.file), encodeNpy(tensor(Float32Array.from(own), made!.shape.slice(1))))
    }
  }
}

const command = (name: string, more: string) => saliency(`${name} ${config} ${more}`.trim().split(' '))
const maps = (name: string, more = '') => `--maps ${name}=${at('outside', name)}${more}`

beforeAll(async () => {
  writeFileSync(
    config,
    JSON.stringify({
      model: 'residual',
      limit: 10,
      methods: ['guided/gradient', 'guided/guided'],
      checks: [
        ['class-sensitivity', { similarities: 'spearman' }],
        ['parameter-randomization', { similarities: 'spearman', draws: 2, steps: 2 }],
      ],
    }),
  )
  const planned = await command('plan', `--for-external ${at('outside')}`)
  expect([planned.code, planned.error]).toEqual([0, expect.any(String)])
  await explainOutside(at('outside', 'gradient'), 'gradient')
  await explainOutside(at('outside', 'guided'), 'guided')
}, 240_000)

describe('maps made elsewhere', { timeout: 240_000 }, () => {
  it('are asked for once each, with the logits that their weights give', () => {
    const { states, images, parameters, shape } = readManifest()
    expect([images.length, shape]).toEqual([10, [3, 64, 64]])
    expect(parameters.every(({ torch }) => /\.\w+$/.test(torch))).toBe(true)
    const files = states.flatMap((state) => state.maps.map(({ file }) => file))
    expect(new Set(files).size).toBe(files.length)
    const [first, second] = states.slice(0, 2).map(({ logits }) => floats(at('outside', logits)))
    expect(first!.shape).toEqual([10, 8])
    expect(first!.data).not.toEqual(second!.data)
  })

  it('have the rows, verdicts and contrasts of the variants that they equal', async () => {
    const more = `${maps('gradient')} ${maps('guided', ',handling=positive,counterpart=external/gradient')}`
    const { code, error } = await command('run', `${more} --out ${at('same')}`)
    expect([code, error]).toEqual([0, expect.any(String)])
    const rows = await rowsIn(at('same'))
    const of = (variant: string) => rows.filter((row) => row.variant === variant)
    for (const name of ['gradient', 'guided']) {
      const [own, outside] = [of(`guided/${name}`), of(`external/${name}`)]
      expect(outside).toHaveLength(own.length)
      for (const [i, row] of own.entries()) expect(outside[i]!.value).toBeCloseTo(row.value!, 5)
    }
    const { checks }: StudySummary = JSON.parse(readFileSync(at('same', 'summary.json'), 'utf8'))
    for (const { findings } of checks) {
      const said = (variant: string) =>
        findings.filter((finding) => finding.variant === variant).map(({ kind, outcome }) => [kind, outcome])
      for (const name of ['gradient', 'guided'])
        expect(said(`external/${name}`)).toEqual(said(`guided/${name}`))
    }
    expect(readFileSync(at('same', 'report.html'), 'utf8')).toContain('external/guided')
  })

  it('that are missing, misshapen or no numbers are counted, named and shown; the rest is scored', async () => {
    cpSync(at('outside', 'gradient'), at('outside', 'torn'), { recursive: true })
    const [missing, cut, wide, nan] = readManifest().states[0]!.maps.map(({ file }) => file)
    rmSync(at('outside', 'torn', missing!))
    writeFileSync(at('outside', 'torn', cut!), readFileSync(at('outside', 'torn', cut!)).subarray(0, 500))
    writeFileSync(at('outside', 'torn', wide!), encodeNpy(tensor(new Float32Array(48), [3, 4, 4])))
    const none = encodeNpy(tensor(new Float32Array(12288).fill(Number.NaN), [3, 64, 64]))
    writeFileSync(at('outside', 'torn', nan!), none)
    const { code, error } = await command('run', `${maps('torn')} --out ${at('torn')}`)
    expect(code).toBe(0)
    for (const [file, kind] of [
      [missing, 'missing'],
      [cut, 'unreadable'],
      [wide, 'of another shape'],
      [nan, 'not finite'],
    ])
      expect(error).toMatch(new RegExp(`external/torn: 1 of \\d+ maps is ${kind}: ${file}`))
    expect(readFileSync(at('torn', 'report.html'), 'utf8')).toContain(`is missing: ${missing}`)
    const rows = (await rowsIn(at('torn'))).filter(({ variant }) => variant === 'external/torn')
    expect(rows.some(({ value }) => value !== null)).toBe(true)
    expect(rows.filter(({ value }) => value === null).length).toBeGreaterThan(0)
  })
})

describe('maps that cannot be used', { timeout: 240_000 }, () => {
  const refused = async (more: string) => {
    const { code, error } = await command('run', `${more} --out ${at('refused')}`)
    expect(code).toBe(2)
    return error
  }

  it.each([
    ['--maps gradient', 'there is no NAME=FOLDER'],
    ['--maps My=x', "the name 'My'"],
    ['--maps a=x,handling=positiv', "Did you mean 'positive'?"],
    ['--maps a=x,counter=guided/gradient', "Did you mean 'counterpart'?"],
    ['--maps a=x --maps a=y', "the name 'a' is given twice"],
    ['--maps a=nowhere', 'holds a manifest.json'],
  ])('%s', async (flags, message) => {
    expect(await refused(flags)).toContain(message)
  })

  it('because they are of another study', async () => {
    expect(await refused(`${maps('gradient')} --seed 2`)).toContain('seed: 1 → 2')
    expect(await refused(`${maps('gradient')} --limit 9`)).toContain('images.count: 10 → 9')
    expect(await refused(`${maps('gradient')} --model vgg`)).toContain('model.name')
    const others = await refused(`${maps('gradient')} --check input-invariance`)
    expect(others).toContain('with the same checks')
    expect(await refused(maps('gradient', ',counterpart=guided/none'))).toContain("'guided/none'")
  })

  it.each([
    ['larger', [1, 128, 128], 'larger than the images'],
    ['last', [64, 64, 3], 'channels come last'],
    ['cut', [1, 60, 40], 'proportions'],
    ['flat', [4096], 'is no map of one image'],
  ])('because their size is no map of the images: %s', async (name, shape, message) => {
    const map = tensor(new Float32Array(shape.reduce((a, b) => a * b)), shape)
    for (const { file } of readManifest().states.flatMap((state) => state.maps)) {
      mkdirSync(dirname(at('outside', name, file)), { recursive: true })
      writeFileSync(at('outside', name, file), encodeNpy(map))
    }
    expect(await refused(maps(name))).toContain(message)
  })
})
