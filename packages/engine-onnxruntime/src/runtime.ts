import { messageOf, SaliencyError } from '@saliency/core'
import type { Env, InferenceSessionFactory, TensorConstructor } from 'onnxruntime-common'

/** Which build of ONNX Runtime runs: the native library, WebAssembly, or WebAssembly with a browser's graphics card. */
export type Backend = 'native' | 'wasm' | 'webgpu'

/** What both builds of ONNX Runtime export. */
export interface Library {
  readonly InferenceSession: InferenceSessionFactory
  readonly Tensor: TensorConstructor
  readonly env: Env
  /** What the native library can compute on here. */
  readonly listSupportedBackends?: () => readonly { readonly name: string }[]
}

/** A build of ONNX Runtime that could be loaded, and why it was taken. */
export interface Runtime {
  readonly backend: Backend
  readonly library: Library
  readonly version: string
  readonly reason: string
  /** What it can compute on, as far as it knows. */
  readonly devices: readonly string[]
}

const firstLine = (error: unknown) => messageOf(error).split('\n')[0]

/** The native library, which is optional; held in a variable, so that bundlers for browsers leave it alone. */
async function loadNative(): Promise<object> {
  const name = 'onnxruntime-node'
  return (await import(/* @vite-ignore */ name)) as object
}

/** Dynamic, because none is needed before an engine opens. */
const builds: Readonly<Record<Backend, () => Promise<object>>> = {
  native: loadNative,
  wasm: () => import('onnxruntime-web'),
  webgpu: () => import('onnxruntime-web/webgpu'),
}

async function load(backend: Backend): Promise<Library> {
  const loaded = await builds[backend]()
  const { default: whole } = loaded as { default?: Library }
  return ('InferenceSession' in loaded ? loaded : whole) as Library
}

const version = ({ env }: Library, backend: Backend) =>
  (backend === 'native' ? env.versions.node : env.versions.web) ?? env.versions.common

/**
 * Loads the native library, or WebAssembly where that cannot be had.
 * @throws ENGINE when what was asked for cannot be loaded.
 */
export async function loadRuntime(backend: Backend | 'auto'): Promise<Runtime> {
  const failures: string[] = []
  for (const candidate of backend === 'auto' ? (['native', 'wasm'] as const) : [backend]) {
    try {
      const library = await load(candidate)
      const reason =
        backend === 'auto'
          ? candidate === 'native'
            ? 'the native library is there'
            : `the native library cannot be loaded: ${failures.join('; ')}`
          : 'it was asked for'
      const devices = library.listSupportedBackends?.().map(({ name }) => name) ?? ['cpu']
      return { backend: candidate, library, version: version(library, candidate), reason, devices }
    } catch (error) {
      failures.push(`${candidate}: ${firstLine(error)}`)
    }
  }
  throw new SaliencyError(
    'ENGINE',
    `ONNX Runtime cannot be loaded (${failures.join('; ')}). Install onnxruntime-node or onnxruntime-web, or choose another engine.`,
  )
}
