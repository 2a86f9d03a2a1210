import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import sirv from 'sirv'
import { defineConfig, type Plugin } from 'vite'

/** With these, WebAssembly has threads; without them the page works on one. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

const brotli = promisify(brotliCompress)
/** Nearly as small as can be, in a tenth of the time. */
const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }

/**
 * Lays each file's compressed form beside it, which hosts that look for one send instead. WebAssembly is left out: it would
 * make the package a quarter larger, and most hosts compress it by themselves.
 */
function compressed(): Plugin {
  return {
    name: 'compressed',
    async writeBundle({ dir = '' }, files) {
      const names = Object.keys(files).filter((name) => !name.endsWith('.wasm'))
      for (const name of names) {
        const path = join(dir, name)
        await writeFile(`${path}.br`, await brotli(await readFile(path), { params }))
      }
    },
    configurePreviewServer({ config, middlewares }) {
      const setHeaders = (answer: { setHeader(name: string, value: string): void }) => {
        for (const [name, value] of Object.entries(isolation)) answer.setHeader(name, value)
      }
      middlewares.use(sirv(join(config.root, config.build.outDir), { brotli: true, etag: true, setHeaders }))
    },
  }
}

/** Static files with relative addresses, for any host and any folder on it. */
export default defineConfig({
  base: './',
  plugins: [compressed()],
  resolve: {
    // Sources, as tests run them: the page needs no build of the packages.
    conditions: ['@saliency/source', 'browser', 'module', 'import', 'default'],
    // The build of ONNX Runtime without a graphics card is half the size.
    alias: [{ find: /^onnxruntime-web$/, replacement: 'onnxruntime-web/wasm' }],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1024 },
})
