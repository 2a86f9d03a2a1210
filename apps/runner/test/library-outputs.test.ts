import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeModel } from '@saliency/onnx-proto'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  explain,
  exportOnnx,
  inspectModel,
  judgeStudy,
  loadModel,
  openRun,
  queryRun,
  type RunnerModel,
  writeReport,
} from '@saliency/toolkit'
import { outputs, outputSchema } from '@saliency/toolkit/steps'
import { saliency, smallRun, temporaryFolder } from './project.ts'

const root = temporaryFolder()
const schemas = join(dirname(fileURLToPath(import.meta.url)), '..', 'schemas')
const square = join(dirname(fileURLToPath(import.meta.url)), '../../../tools/fixtures/square.png')
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as unknown
let model: RunnerModel
let folder: string

beforeAll(async () => {
  model = await loadModel('residual')
  folder = await smallRun(root)
}, 240_000)

describe('what commands do, from a program', { timeout: 240_000 }, () => {
  it('judges a run, writes its report, and asks it in SQL', async () => {
    const run = await openRun(folder)
    const judgement = await judgeStudy(run, { threshold: 0.4 })
    const report = await writeReport(run, judgement, { out: join(root, 'report'), threshold: 0.4 })
    expect(readFileSync(report, 'utf8')).toContain('Judged anew with the threshold 0.4')
    expect(read(join(root, 'report/summary.json'))).toMatchObject({ format: 1, threshold: 0.4 })
    const [counted] = await queryRun(folder, 'select count(*) as rows, max(variant) as variant from rows')
    expect(counted).toEqual({ rows: (await run.rows()).length, variant: 'guided/gradient' })
    await expect(queryRun(folder, "select * from read_csv('/etc/passwd')")).rejects.toThrow(
      /allowFiles in a program/,
    )
    await expect(queryRun(root, 'select 1')).rejects.toThrow(/no run folder|study.json/)
  })

  it('says of a model what `inspect --json` says', async () => {
    const { out } = await saliency(['inspect', 'residual', '--json'])
    expect(JSON.parse(JSON.stringify(await inspectModel(model)))).toEqual(JSON.parse(out))
    expect(JSON.parse(out)).toMatchObject({ format: 1, head: 'softmax' })
  })

  it('exports a file that says what is in it', async () => {
    const method = ['guided/guided', 'gradcampp/gradcam', 'occlusion']
    const { bytes, outputs: names, leftOut } = await exportOnnx(model, { method, oneChannel: true })
    expect(names).toEqual(['logits', 'guided/guided', 'gradcampp/gradcam'])
    expect(leftOut.map(({ variant }) => variant)).toEqual(['occlusion/occlusion'])
    const about = new Map(decodeModel(bytes).metadataProps?.map(({ key, value }) => [key, value ?? '']))
    const json = (key: string) => JSON.parse(about.get(key) ?? 'null') as unknown
    expect(json('saliency.classes')).toEqual(model.classes)
    expect(json('saliency.preprocess')).toMatchObject({
      input: model.preprocess.input,
      mean: [0.5, 0.5, 0.5],
    })
    expect(json('saliency.variants')).toMatchObject([
      {
        output: 'guided/guided',
        method: 'guided',
        handling: 'positive',
        options: expect.any(Object) as object,
      },
      { output: 'gradcampp/gradcam', method: 'gradcampp' },
    ])
    expect(about.get('saliency.format')).toBe('1')
    expect(about.get('saliency.version')).toMatch(/^\d+\.\d+/)
    expect(about.get('saliency.channels')).toBe('signed sum')
  })
})

describe('calls that only plain JavaScript can make', () => {
  const image = { data: new Float32Array(3 * 64 * 64), shape: [3, 64, 64] }
  const call = explain as unknown as (...parts: unknown[]) => Promise<unknown>

  it.each([
    ['no settings', () => call(model, image), /the settings are nothing; they take at least \{ method/],
    ['no method', () => call(model, image, {}), /the method is nothing; it takes a name/],
    [
      'methods',
      () => call(model, image, { methods: ['guided'] }),
      /unknown setting 'methods'. Did you mean 'method'/,
    ],
    ['an empty list', () => call(model, image, { method: [] }), /the method is \[\]/],
    ['a number', () => call(model, image, { method: 3 }), /the method is 3; it takes a name/],
    [
      'a name of a model',
      () => call('residual', image, { method: 'guided' }),
      /the model is "residual"; it takes what `await loadModel/,
    ],
    [
      'a promise of a model',
      () => call(loadModel('residual'), image, { method: 'guided' }),
      /await loadModel/,
    ],
    [
      'no image',
      () => call(model, undefined, { method: 'guided' }),
      /the image is nothing; it takes a path, or \{ data, shape \}/,
    ],
    ['bare numbers', () => call(model, [1, 2], { method: 'guided' }), /the image is .*; it takes a path/],
  ])('%s', async (_, wrong, message) => {
    await expect(wrong()).rejects.toThrow(message)
    await expect(wrong()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

const names = Object.keys(outputs) as (keyof typeof outputs)[]

describe('published schemas', { timeout: 240_000 }, () => {
  it.each(names)('of %s are what is committed', (name) => {
    const file = join(schemas, `${name}.schema.json`)
    mkdirSync(schemas, { recursive: true })
    if (process.env['SALIENCY_UPDATE'])
      writeFileSync(file, `${JSON.stringify(outputSchema(name), undefined, 2)}\n`)
    expect(read(file), 'SALIENCY_UPDATE=1 writes them anew').toEqual(outputSchema(name))
  })

  it('hold for what is written', async () => {
    const out = join(root, 'maps')
    await saliency([
      'explain',
      square,
      '--model',
      'residual',
      '--method',
      'guided/gradient',
      '--save-maps',
      '--out',
      out,
    ])
    expect(v.safeParse(outputs.maps, read(join(out, 'maps.json'))).issues).toBeUndefined()
    await saliency(['report', folder])
    expect(v.safeParse(outputs.summary, read(join(folder, 'summary.json'))).issues).toBeUndefined()
  })

  const bad = ['inspect', 'none.onnx', '--json']
  it.each<[keyof typeof outputs, () => readonly string[]]>([
    ['list', () => ['list', '--json', '--cost', 'residual']],
    ['list-one', () => ['list', 'lrp', '--json']],
    ['list-one', () => ['list', 'class-sensitivity', '--json']],
    ['inspect', () => ['inspect', 'residual', '--json']],
    ['doctor', () => ['doctor', '--json']],
    ['status', () => ['status', folder, '--json']],
    ['recommend', () => ['recommend', folder, '--json']],
    ['compare', () => ['compare', folder, folder, '--json']],
    ['summary', () => ['report', folder, '--json']],
    [
      'plan',
      () => ['run', '--preset', 'demo', '--limit', '8', '--dry-run', '--json', '--out', join(root, 'dry')],
    ],
    ['plan', () => ['plan', '--preset', 'demo', '--limit', '8', '--json', '--out', join(root, 'planned')]],
    ['error', () => bad],
    ['error', () => ['status', root, '--json']],
    ['error', () => ['list', '--json', '--no-such-flag']],
  ])('hold for what is printed: %s', async (name, args) => {
    const { out } = await saliency(args())
    const printed: unknown = JSON.parse(out)
    expect(v.safeParse(outputs[name], printed).issues).toBeUndefined()
    const others = names.filter((other) => other !== name && v.is(outputs[other], printed))
    expect(others, 'a schema that everything fits says nothing').toEqual([])
  })

  it('say in words and in JSON what is wrong', async () => {
    const { code, out, error } = await saliency(bad)
    expect(code).toBe(2)
    const { error: told } = JSON.parse(out) as { error: { code: string; message: string } }
    expect(told).toMatchObject({ code: 'FILE' })
    expect(error).toBe(`error: ${told.message}`)
  })
})
