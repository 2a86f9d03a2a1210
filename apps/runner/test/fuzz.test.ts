import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SaliencyError } from '@saliency/core'
import { loadConfig, createRegistry, discoverPlugins } from '@saliency/toolkit/project'
import { resolveSettings } from '@saliency/toolkit/steps'
import { judgeStudy, openRun } from '@saliency/toolkit'
import { strToU8 } from 'fflate'
import { beforeAll, test } from 'vitest'
import { damagedBytes, damagedJson } from '../../../packages/model-formats/test/fuzz/mutate.ts'
import { survives } from '../../../packages/model-formats/test/fuzz/survives.ts'
import { smallRun, temporaryFolder } from './project.ts'

/** A machine that does other things may take its time; a single file may not. */
const timeout = 600_000

const json = (value: unknown) => strToU8(JSON.stringify(value))

test('configurations', { timeout }, async () => {
  const config = {
    model: 'residual',
    images: { path: 'photos', limit: 8 },
    methods: ['guided', ['lrp/epsilon', { epsilon: 0.1 }]],
    checks: [['class-sensitivity', { similarities: 'spearman' }]],
    plugins: ['a-plugin'],
    preprocess: { input: { height: 4, width: 4, range: [0, 1] }, mean: [0.5] },
    size: [4, 4],
    memory: '4GiB',
    seed: 1,
    out: 'runs/x',
  }
  await survives({
    file: 'saliency.config.json',
    seed: json(config),
    mutate: (random) => damagedJson(config, random),
    async load(path) {
      const loaded = await loadConfig(path, dirname(path))
      return resolveSettings({ model: 'residual', images: 'photos' }, loaded.config)
    },
  })
})

/** Copies the files of another folder into one that lacks them, but for one. */
function fill(folder: string, from: string, but?: string): void {
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(from).filter((one) => one !== but))
    if (!existsSync(join(folder, file))) copyFileSync(join(from, file), join(folder, file))
}

const fixtures = join(dirname(fileURLToPath(import.meta.url)), 'fixtures/plugins/check-brightness')

test('manifests of plugins', { timeout }, async () => {
  const name = 'check-brightness'
  const manifest = JSON.parse(readFileSync(join(fixtures, 'package.json'), 'utf8')) as object
  const project = { name: 'project', dependencies: { [name]: '*' } }
  await survives({
    file: `node_modules/${name}/package.json`,
    seed: json(manifest),
    mutate: (random) => damagedJson(manifest, random),
    beside: { 'package.json': json(project) },
    async load(path) {
      const folder = dirname(path)
      fill(folder, fixtures, 'package.json')
      const root = dirname(dirname(folder))
      const { records, checks } = createRegistry(await discoverPlugins({ root }))
      // One bad plugin stops nothing but itself: the program's own are there whatever a manifest says.
      if (!checks.some(({ id }) => id === 'class-sensitivity')) throw new Error('the own checks are gone')
      const reason = records.find(({ source, status }) => source === 'project' && status !== 'ok')?.reason
      if (reason !== undefined) throw new SaliencyError('INVALID_PLUGIN', `${path}: ${reason}`)
    },
  })
})

const root = temporaryFolder()
let run: string
beforeAll(async () => {
  run = await smallRun(root)
}, timeout)

/** Reads a run as `saliency report` does before it draws. */
async function judge(folder: string): Promise<unknown> {
  return judgeStudy(await openRun(folder))
}

test('descriptions of runs', { timeout }, async () => {
  const study = JSON.parse(readFileSync(join(run, 'study.json'), 'utf8')) as object
  await survives({
    file: 'study.json',
    seed: json(study),
    mutate: (random) => damagedJson(study, random),
    async load(path) {
      const folder = dirname(path)
      fill(join(folder, 'units'), join(run, 'units'))
      return judge(folder)
    },
  })
})

test('units of runs', { timeout }, async () => {
  const [unit = ''] = readdirSync(join(run, 'units'))
  const bytes = new Uint8Array(readFileSync(join(run, 'units', unit)))
  await survives({
    file: `units/${unit}`,
    isSealed: true,
    seed: bytes,
    mutate: (random) => damagedBytes(bytes, random),
    beside: { 'study.json': new Uint8Array(readFileSync(join(run, 'study.json'))) },
    load: (path) => judge(dirname(dirname(path))),
  })
})
