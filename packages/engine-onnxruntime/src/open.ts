import {
  type Engine,
  imageByImage,
  messageOf,
  type Plan,
  SaliencyError,
  type Session,
  type Weights,
} from '@saliency/core'
import { encodeModel } from '@saliency/onnx-proto'
import type { InferenceSession } from 'onnxruntime-common'
import { idleFusions } from './fusions.ts'
import { inTurn } from './in-turn.ts'
import { providerFor } from './providers.ts'
import { loadRuntime, type Backend, type Runtime } from './runtime.ts'
import { createSession } from './session.ts'
import { bytesOf } from './write/tensors.ts'
import { checkWeights, writePlan, type WrittenPlan } from './write/to-onnx.ts'

/** How the engine runs. */
export interface OnnxRuntimeSettings {
  /**
   * `native`: onnxruntime-node; `wasm`: onnxruntime-web; `auto` (default): the first of these two that loads. `webgpu`:
   * onnxruntime-web on the graphics card of a browser; operators without a kernel there run in WebAssembly.
   */
  readonly backend?: Backend | 'auto'
  /** Threads within one operator; default: as many as the library finds cores. */
  readonly threads?: number
}

interface EncodedPlan extends WrittenPlan {
  readonly bytes: Uint8Array
  readonly idle: readonly string[]
}

function sessionOptions(
  encoded: EncodedPlan,
  weights: Weights,
  { backend }: Runtime,
  threads: number | undefined,
): InferenceSession.SessionOptions {
  const { parameters, idle } = encoded
  return {
    executionProviders: [providerFor(backend, encoded)],
    graphOptimizationLevel: 'all',
    extra: { optimization: { disable_specified_optimizers: idle.join(';') } },
    executionMode: 'sequential',
    // A plan of memory made in the first run would be held beside what that run took: a third more, for nothing gained.
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(backend === 'native' && threads !== undefined && { intraOpNumThreads: threads }),
    // Each weight is handed over where it lies: the model's bytes are the same for every weight state.
    externalData: parameters.map(({ attributes: { name } }) => ({
      path: name,
      data: bytesOf(weights.get(name)?.data ?? new Float32Array()),
    })),
  }
}

/** The encoded plan is kept, so that a new weight state neither traces nor serialises anything again. */
function encode(cache: WeakMap<Plan, EncodedPlan>, plan: Plan): EncodedPlan {
  let encoded = cache.get(plan)
  if (!encoded) {
    const written = writePlan(plan)
    encoded = { ...written, bytes: encodeModel(written.model), idle: idleFusions(written) }
    cache.set(plan, encoded)
  }
  return encoded
}

async function openSession(
  runtime: Runtime,
  encoded: EncodedPlan,
  weights: Weights,
  threads: number | undefined,
): Promise<Session> {
  checkWeights(encoded.parameters, weights)
  const { InferenceSession } = runtime.library
  try {
    const options = sessionOptions(encoded, weights, runtime, threads)
    return createSession(
      await InferenceSession.create(encoded.bytes, options),
      encoded.inputs,
      runtime.library,
    )
  } catch (cause) {
    throw new SaliencyError('ENGINE', `ONNX Runtime could not open the graph: ${messageOf(cause)}`, { cause })
  }
}

/** By which engines are told apart: the same plan may round differently on each. */
const names: Readonly<Record<Backend, string>> = {
  native: 'onnxruntime-node',
  wasm: 'onnxruntime-web',
  webgpu: 'onnxruntime-webgpu',
}

/**
 * Opens ONNX Runtime as an engine.
 * @throws ENGINE when the library cannot be loaded.
 */
export async function openOnnxRuntime({
  backend = 'auto',
  threads,
}: OnnxRuntimeSettings = {}): Promise<Engine> {
  const runtime = await loadRuntime(backend)
  const { library, version, reason } = runtime
  // One setting for the whole of WebAssembly; it counts before the first session.
  if (runtime.backend !== 'native' && threads !== undefined) library.env.wasm.numThreads = threads
  const cache = new WeakMap<Plan, EncodedPlan>()
  const name = names[runtime.backend]
  const engine: Engine = {
    id: name,
    description: `${name} ${version}, ${threads ?? 'default'} threads (${reason})`,
    version,
    open: async (plan, weights) =>
      imageByImage(plan, await openSession(runtime, encode(cache, plan), weights, threads)),
  }
  return runtime.backend === 'webgpu' ? inTurn(engine) : engine
}
