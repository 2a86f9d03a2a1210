import { SaliencyError } from '@saliency/core'
import type { Env, InferenceSessionFactory, TensorConstructor } from 'onnxruntime-common'

/** Which build of ONNX Runtime runs. */
export type Backend = 'native' | 'wasm'

/** What both builds of ONNX Runtime export. */
export interface Library {
  readonly InferenceSession: InferenceSessionFactory
  readonly Tensor: TensorConstructor
  readonly env: Env
}

/** A build of ONNX Runtime that could be loaded, and why it was taken. */
export interface Runtime {
  readonly backend: Backend
  readonly library: Library
  readonly version: string
  readonly reason: string
}

const text = (error: unknown) => (error instanceof Error ? error.message.split('\n')[0] : String(error))

async function load(backend: Backend): Promise<Library> {
  // Dynamic, because the native package is optional and neither is needed before an engine opens.
  const loaded: { default?: Library } & Partial<Library> =
    backend === 'native' ? await import('onnxruntime-node') : await import('onnxruntime-web')
  return (loaded.InferenceSession ? loaded : loaded.default) as Library
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
      return { backend: candidate, library, version: version(library, candidate), reason }
    } catch (error) {
      failures.push(`${candidate}: ${text(error)}`)
    }
  }
  throw new SaliencyError(
    'ENGINE',
    `ONNX Runtime cannot be loaded (${failures.join('; ')}). Install onnxruntime-node or onnxruntime-web, or choose another engine.`,
  )
}
