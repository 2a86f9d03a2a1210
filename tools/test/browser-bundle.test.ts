import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build, createLogger } from 'vite'
import { expect, it } from 'vitest'
import { runsInBrowsers } from '../checks/browser.ts'
import { root, type Manifest } from '../inspect/project.ts'

/** The sources of the entries that a page may load. */
const entries = readdirSync(join(root, 'packages')).flatMap((folder) => {
  const manifest = join(root, 'packages', folder, 'package.json')
  const isWanted =
    existsSync(manifest) && runsInBrowsers(JSON.parse(readFileSync(manifest, 'utf8')) as Manifest)
  return isWanted ? [join(root, 'packages', folder, 'src/index.ts')] : []
})

/** Loaded by TensorFlow.js's engine in Node.js only. */
const forNode = ['tfjs-node.ts', 'wasm-files.ts']

it('a bundler makes a page of all of them, without a module of Node.js and without the native library', async () => {
  const warnings: string[] = []
  const logger = createLogger('warn')
  logger.warn = (text) => void warnings.push(text)
  const page = 'virtual:page'
  const built = await build({
    configFile: false,
    customLogger: logger,
    resolve: { conditions: ['@saliency/source', 'browser', 'module', 'import', 'default'] },
    plugins: [
      {
        name: 'page',
        resolveId: (id: string) => (id === page ? `\0${page}` : undefined),
        load: (id: string) =>
          id === `\0${page}`
            ? `${entries.map((path, i) => `import * as part${i} from ${JSON.stringify(path)}`).join('\n')}\nglobalThis.parts = [${entries.map((_, i) => `part${i}`).join()}]`
            : undefined,
      },
    ],
    build: { write: false, minify: false, rolldownOptions: { input: page } },
  })
  if (!('output' in built)) throw new Error('the bundler gave no scripts')
  expect(entries.length).toBeGreaterThan(12)
  const strangers = warnings
    .filter((text) => text.includes('externalized for browser compatibility'))
    .filter((text) => /packages\/[^/]+\/src\//.test(text) && !forNode.some((file) => text.includes(file)))
  expect(strangers).toEqual([])
  const scripts = built.output.flatMap((part) => (part.type === 'chunk' ? [part] : []))
  // The native library's name is a text that only Node.js can resolve; nothing of it is in the page.
  expect(scripts.flatMap(({ moduleIds }) => moduleIds).join('\n')).not.toContain(
    'node_modules/onnxruntime-node/',
  )
  expect(scripts.flatMap(({ imports }) => imports).filter((name) => name.startsWith('node:'))).toEqual([])
}, 120_000)
