import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { loadModel } from '@saliency/model-formats/node'
import { demoModelFolder } from '@saliency/zoo'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepare, type PageResult } from './browser-page.ts'
import { evaluate } from './compare.ts'

const source = fileURLToPath(new URL('browser-page.ts', import.meta.url))
const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = installed.find((path) => existsSync(path))
if (!executablePath) console.log('SKIPPED in a browser: there is no Chromium on this machine.')

/** Where the page finds a folder, by the first part of its address. */
const folders: Readonly<Record<string, string>> = {
  model: demoModelFolder('vgg'),
  wasm: dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')),
}

/** The page's scripts by name, as a bundler makes them of the sources: all at once, so that none is replaced while it is loaded. */
async function bundle(): Promise<ReadonlyMap<string, string>> {
  const built = await build({
    configFile: false,
    // A warning for each of Node's modules, which are imported in Node only.
    logLevel: 'error',
    resolve: { conditions: ['@saliency/source', 'browser', 'module', 'import', 'default'] },
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: source, output: { entryFileNames: 'page.js' } },
    },
  })
  if (!('output' in built)) throw new Error('the bundler gave no scripts')
  return new Map(built.output.flatMap((part) => (part.type === 'chunk' ? [[part.fileName, part.code]] : [])))
}

/** Answers the page's requests without a server: one page, its scripts, and the files of the folders. */
async function answer(page: Page): Promise<void> {
  const scripts = await bundle()
  await page.route('http://localhost/**', (route) => {
    const path = new URL(route.request().url()).pathname.slice(1)
    const body = scripts.get(path)
    if (body !== undefined) return route.fulfill({ body, contentType: 'text/javascript' })
    if (path === '') {
      return route.fulfill({
        body: '<script type="module" src="/page.js"></script>',
        contentType: 'text/html',
      })
    }
    const [name = '', ...rest] = path.split('/')
    const file = join(folders[name] ?? '', ...rest)
    return folders[name] && existsSync(file) ? route.fulfill({ path: file }) : route.fulfill({ status: 404 })
  })
}

describe.skipIf(!executablePath)('in a browser', () => {
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    // SwiftShader computes on the processor what a graphics card would.
    const args = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
    browser = await chromium.launch({ executablePath: String(executablePath), args })
    page = await browser.newPage()
    await answer(page)
    await page.goto('http://localhost/')
    await page.waitForFunction('globalThis.compute !== undefined', undefined, { timeout: 100_000 })
  }, 120_000)
  afterAll(() => browser?.close())

  const compute = (backend: string, files: string): Promise<PageResult> =>
    page.evaluate(`compute('${backend}', '/model', '${files}')`)

  it.each(['cpu', 'wasm', 'webgl'])(
    '%s gives the maps of ONNX Runtime',
    { timeout: 240_000 },
    async (backend) => {
      const loaded = await loadModel(String(folders['model']))
      const { outputs, feeds } = prepare(loaded)
      const weights = new Map(loaded.weights)
      const expected = await evaluate(await openOnnxRuntime(), { plan: { outputs }, weights, feeds })
      const { maps = {}, error } = await compute(backend, '/wasm')
      expect(error).toBeUndefined()
      for (const [name, { data }] of Object.entries(expected)) {
        const values = Array.from(data, Number)
        const largest = Math.max(...values.map(Math.abs))
        const worst = Math.max(...values.map((value, at) => Math.abs(value - Number(maps[name]?.[at]))))
        expect([name, worst / largest < 1e-4]).toEqual([name, true])
      }
    },
  )

  it('names the file that is missing, and what the page has to import', { timeout: 60_000 }, async () => {
    await page.reload()
    await page.waitForFunction('globalThis.compute !== undefined')
    expect((await compute('wasm', '/nowhere')).error).toMatch(/^ENGINE: .*'wasmFiles' says where/)
    expect((await compute('webgpu', '')).error).toMatch(/^ENGINE: .*tfjs-backend-webgpu is not there/)
    expect((await compute('tensorflow', '')).error).toMatch(/^ENGINE: .*it needs Node/)
    expect((await compute('cpu', '')).error).toBeUndefined()
  })
})
