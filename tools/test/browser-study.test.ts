import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, Script } from 'node:vm'
import type { Engine } from '@saliency/core'
import { build } from 'vite'
import { beforeAll, expect, it } from 'vitest'
import { root } from '../inspect/project.ts'

const { openOnnxRuntime } = (await import(join(root, 'packages/engine-onnxruntime/src/index.ts'))) as {
  openOnnxRuntime: () => Promise<Engine>
}
const filesOf = (model: string) => ({
  read: async (path: string) => new Uint8Array(readFileSync(join(root, 'packages/zoo/models', model, path))),
})

interface PageResult {
  readonly interrupted: boolean
  readonly units: readonly number[]
  readonly failed: readonly unknown[]
  readonly rows: number
  readonly summary: { readonly checks: readonly { id: string; findings: readonly unknown[] }[] }
}

type Study = (engine: Engine, files: object, picture: unknown) => Promise<string>
type Maps = (engine: Engine, files: object) => Promise<readonly string[]>

/** What a page's script does: a study of pictures in memory, with an engine that is handed in. */
const script = `
import { parsePreprocess, rasterImages } from '${join(root, 'packages/images/src/index.ts')}'
import { openExplainer, resolveSelections } from '${join(root, 'packages/explain/src/index.ts')}'
import { attention } from '${join(root, 'packages/method-attention/src/index.ts')}'
import methods from '${join(root, 'packages/method-guided/src/index.ts')}'
import { lrpAtTokens, transformerAttribution } from '${join(root, 'packages/method-lrp/src/index.ts')}'
import { importModel } from '${join(root, 'packages/model-formats/src/index.ts')}'
import checks, { classSensitivity, parameterRandomization } from '${join(root, 'packages/sanity/src/index.ts')}'
import { judgeStudy, memoryStore, openRun, planStudy, runStudy } from '${join(root, 'packages/study/src/index.ts')}'

globalThis.study = async (engine, files, picture) => {
  const preprocess = parsePreprocess(JSON.parse(new TextDecoder().decode(await files.read('preprocess.json'))), 'preprocess.json')
  const { model, weights } = await importModel('model.json', files, { preprocess })
  const { height, width } = preprocess.input
  const images = Array.from({ length: 4 }, (_, i) => ({ id: 'image ' + i, raster: picture(i, height, width) }))
  const planned = await planStudy({
    model: { model, weights, preprocess },
    images: rasterImages('pictures', images),
    methods: methods.map((method) => ({ method, options: {} })),
    checks: [{ check: classSensitivity }, { check: parameterRandomization, options: { draws: 1, steps: 1 } }],
    engine,
  })
  const store = memoryStore()
  const controller = new AbortController()
  const stopped = await runStudy({ ...planned, store }, { signal: controller.signal, events: () => ({ unit: () => controller.abort() }) })
  const { done, failed } = await runStudy({ ...planned, store })
  const run = await openRun(store)
  const { summary } = await judgeStudy(run, { checks })
  return JSON.stringify({ interrupted: stopped.interrupted, units: [stopped.done, done], failed, rows: (await run.rows()).length, summary })
}

globalThis.maps = async (engine, files) => {
  const preprocess = parsePreprocess(JSON.parse(new TextDecoder().decode(await files.read('preprocess.json'))), 'preprocess.json')
  const network = await importModel('model.onnx', files, { preprocess })
  const methods = [attention, lrpAtTokens, transformerAttribution]
  const variants = resolveSelections(methods.map((method) => ({ method, options: method === attention ? { from: 0 } : {} })))
  const explainer = openExplainer(network, { engine, variants, methods })
  const image = { dtype: 'float32', shape: [1, 3, 64, 64], data: Float32Array.from({ length: 3 * 64 * 64 }, (_, at) => Math.sin(at)) }
  const targets = { dtype: 'float32', shape: [1, 8], data: Float32Array.of(0, 0, 1, 0, 0, 0, 0, 0) }
  const maps = await explainer.explain({ images: image, targets })
  return maps.map(({ id, shape, data }) => [id, shape.join('×'), data.every(Number.isFinite), data.some((value) => value !== 0)].join(' '))
}`

/** Bundles the script as a page loads it. */
async function bundled(): Promise<string> {
  const page = 'virtual:page'
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@saliency/source', 'browser', 'module', 'import', 'default'] },
    plugins: [
      {
        name: 'page',
        resolveId: (id: string) => (id === page ? `\0${page}` : undefined),
        load: (id: string) => (id === `\0${page}` ? script : undefined),
      },
    ],
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: page, output: { format: 'iife', codeSplitting: false } },
    },
  })
  if (!('output' in built)) throw new Error('the bundler gave no scripts')
  return built.output[0].code
}

/** What a browser has and this script uses; of Node.js there is nothing. Arrays are those of the engine outside. */
const browser = {
  AbortController,
  ArrayBuffer,
  atob,
  Float32Array,
  Float64Array,
  MessageChannel,
  performance,
  TextDecoder,
  TextEncoder,
  Uint8Array,
  Uint32Array,
  URL,
}

/** Pixels that change from image to image. */
function picture(index: number, height: number, width: number) {
  const data = Uint8Array.from({ length: 3 * height * width }, (_, at) => (at * (index + 3)) % 251)
  return { height, width, data, maximum: 255 }
}

const context = createContext({ ...browser }) as { study?: Study; maps?: Maps }
beforeAll(async () => {
  new Script(await bundled()).runInContext(context)
}, 120_000)

it('a study runs in a page: bundled, and without anything of Node.js', { timeout: 240_000 }, async () => {
  expect(new Script('[typeof process, typeof Buffer, typeof setImmediate]').runInContext(context)).toEqual([
    'undefined',
    'undefined',
    'undefined',
  ])
  const said = await context.study?.(await openOnnxRuntime(), filesOf('residual'), picture)
  const result = JSON.parse(said ?? '{}') as PageResult
  expect(result).toMatchObject({ interrupted: true, units: [1, 1], failed: [] })
  expect(result.rows).toBeGreaterThan(100)
  expect(result.summary.checks.map(({ id, findings }) => [id, findings.length > 0])).toEqual([
    ['class-sensitivity', true],
    ['parameter-randomization', true],
  ])
})

it('a page has the maps of attention, and relevance through it', { timeout: 60_000 }, async () => {
  const maps = (await context.maps?.(await openOnnxRuntime(), filesOf('vit'))) ?? []
  expect(maps.length).toBeGreaterThanOrEqual(29)
  for (const map of maps) expect(map).toMatch(/ 1×1×(8×8|32×32) true /)
  // A final ReLU may leave nothing of a map.
  expect(maps.filter((map) => map.endsWith(' false')).map((map) => map.split(' ')[0])).toEqual([
    'attention/gradcam',
  ])
})
