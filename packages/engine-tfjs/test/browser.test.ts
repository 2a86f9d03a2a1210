import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { loadModel } from '@saliency/model-formats/node'
import { demoModelFolder } from '@saliency/zoo'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createViteServer } from 'vitest/node'
import { prepare, type PageResult } from './browser-page.ts'
import { evaluate } from './compare.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = installed.find((path) => existsSync(path))
if (!executablePath) console.log('SKIPPED in a browser: there is no Chromium on this machine.')

const folder = demoModelFolder('vgg')
const wasmFiles = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))

/** Serves the sources as a bundler would, and one page that loads them. */
async function serve() {
  const server = await createViteServer({
    configFile: false,
    root,
    appType: 'custom',
    logLevel: 'error',
    resolve: { conditions: ['@saliency/source', 'browser', 'module', 'import', 'default'] },
    optimizeDeps: { include: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'] },
    server: { host: '127.0.0.1', port: 0, hmr: false },
  })
  server.middlewares.use('/page', (_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<script type="module" src="/test/browser-page.ts"></script>')
  })
  await server.listen()
  return { server, address: String(server.resolvedUrls?.local[0]) }
}

describe.skipIf(!executablePath)('in a browser', () => {
  let browser: Browser
  let page: Page
  let close: () => Promise<void>

  beforeAll(async () => {
    const { server, address } = await serve()
    // SwiftShader computes on the processor what a graphics card would.
    const args = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
    browser = await chromium.launch({ executablePath: String(executablePath), args })
    close = async () => {
      await browser.close()
      await server.close()
    }
    page = await browser.newPage()
    await page.goto(`${address}page`)
    await page.waitForFunction('globalThis.compute !== undefined', undefined, { timeout: 100_000 })
  }, 120_000)
  afterAll(() => close?.())

  const compute = (backend: string, files: string): Promise<PageResult> =>
    page.evaluate(`compute('${backend}', '/@fs${folder}', '${files}')`)

  it.each(['cpu', 'wasm', 'webgl'])(
    '%s gives the maps of ONNX Runtime',
    { timeout: 240_000 },
    async (backend) => {
      const loaded = await loadModel(folder)
      const { outputs, feeds } = prepare(loaded)
      const weights = new Map(loaded.weights)
      const expected = await evaluate(await openOnnxRuntime(), { plan: { outputs }, weights, feeds })
      const { maps = {}, error } = await compute(backend, `/@fs${wasmFiles}`)
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
