import { messageOf, SaliencyError } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { backendInUse, type BackendName } from './backend.ts'

/** What a backend may be told. */
export interface BackendSettings {
  /** Where the `.wasm` files are: a folder in Node, a URL in a browser; default: beside the package's own script. */
  readonly wasmFiles?: string
}

/** Whether this is Node (or something that says so), where packages with native code can be loaded. */
export const isNode: boolean =
  (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined

async function registerWasm({ wasmFiles }: BackendSettings): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
  if (wasmFiles === undefined) return
  if (isNode) await (await import('./wasm-files.ts')).requireWasmFiles(wasmFiles)
  // One backend a program: whoever initialised it first chose the files.
  if ('wasm' in tf.engine().registry) return
  setWasmPaths(wasmFiles.endsWith('/') ? wasmFiles : `${wasmFiles}/`)
}

async function registerWebgpu(): Promise<void> {
  if (tf.findBackendFactory('webgpu')) return
  // LaidOut in a variable, so that bundlers do not insist on a package that only some pages have.
  const name = '@tensorflow/tfjs-backend-webgpu'
  await import(/* @vite-ignore */ name).catch((error: unknown) => {
    throw new Error(`${name} is not there; the page has to import it first`, { cause: error })
  })
}

const register: Record<BackendName, (settings: BackendSettings) => Promise<unknown>> = {
  tensorflow: async () => {
    if (!isNode) throw new Error('it needs Node')
    await (await import('./tfjs-node.ts')).loadTfjsNode()
  },
  wasm: registerWasm,
  cpu: async () => undefined,
  webgpu: registerWebgpu,
  webgl: async () => undefined,
}

const remedies: { readonly [K in BackendName]?: string } = {
  wasm: "; 'wasmFiles' says where the .wasm files of @tensorflow/tfjs-backend-wasm's folder 'dist' are, as a URL in a browser",
}

/**
 * Makes a backend ready.
 * @throws ENGINE with the reason and a remedy when it cannot be loaded or initialised.
 */
export async function loadBackend(name: BackendName, settings: BackendSettings): Promise<void> {
  const before = backendInUse()
  try {
    await register[name](settings)
    if (!tf.findBackendFactory(name)) throw new Error('nothing registers it here')
    if (!(await tf.setBackend(name))) throw new Error(`it could not be initialised${remedies[name] ?? ''}`)
    // The plain backend greets Node users with advice on the first tensor; the engine says itself what it took.
    if (name === 'cpu') Object.assign(tf.backend(), { firstUse: false })
  } catch (error) {
    throw new SaliencyError(
      'ENGINE',
      `The TensorFlow.js backend '${name}' cannot be used: ${messageOf(error)}.`,
      { cause: error },
    )
  } finally {
    if (before && before !== name) await tf.setBackend(before)
  }
}
