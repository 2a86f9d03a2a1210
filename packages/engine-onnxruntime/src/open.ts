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
import { comparedOnce } from './compared.ts'
import { type Device, providerOf, refusedByWebgpu } from './devices.ts'
import { sharedSessions, withFedWeights } from './fed-weights.ts'
import { idleFusions } from './fusions.ts'
import { inTurn } from './in-turn.ts'
import { type Placement, placementSentence, watchPlacement } from './placement.ts'
import { firstThatWorks } from './probe.ts'
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
  /** What the native library computes on; default `cpu`. `auto` takes the first of {@link Device} that works here. */
  readonly device?: Device | 'auto'
  /** Threads within one operator; default: as many as the library finds cores. */
  readonly threads?: number
  /**
   * Hands weights over at each run, so that all weight states of a plan share one session: for small networks of which few
   * images are asked under each state. Expressions over parameters are evaluated in every run. Counts on the processor.
   */
  readonly feedsWeights?: boolean
  /** Is told which devices `auto` passes over, and which operators a device leaves to the processor. */
  readonly log?: (line: string) => void
}

interface EncodedPlan extends WrittenPlan {
  readonly bytes: Uint8Array
  readonly idle: readonly string[]
  readonly refused: readonly string[]
}

/** Where and how sessions run. */
interface Setting {
  readonly device: Device
  readonly threads: number | undefined
  readonly feedsWeights: boolean
  readonly log: (line: string) => void
}

function sessionOptions(
  { parameters, idle, refused }: EncodedPlan,
  weights: Weights,
  { device, threads, feedsWeights }: Setting,
  placement: Placement | undefined,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [providerOf(device, refused)],
    graphOptimizationLevel: 'all',
    extra: {
      optimization: { disable_specified_optimizers: idle.join(';') },
      // Otherwise threads go on polling for tens of milliseconds after a run, in the way of the next session and of scoring.
      session: { force_spinning_stop: '1' },
    },
    executionMode: 'sequential',
    // A plan of memory made in the first run would be held beside what that run took: a third more, for nothing gained.
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    ...(placement && { enableProfiling: true, profileFilePrefix: placement.prefix }),
    // Each weight is handed over where it lies: the model's bytes are the same for every weight state.
    ...(!feedsWeights && {
      externalData: parameters.map(({ attributes: { name } }) => ({
        path: name,
        data: bytesOf(weights.get(name)?.data ?? new Float32Array()),
      })),
    }),
  }
}

function encodePlan(plan: Plan, { feedsWeights, device }: Setting, backend: Backend): EncodedPlan {
  // Only kernels that the plan holds come to lie in blocks of channels.
  const whole = writePlan(plan, backend === 'native' && device === 'cpu' && !feedsWeights)
  const written = feedsWeights ? withFedWeights(whole) : whole
  const { model } = written
  return {
    ...written,
    bytes: encodeModel(model),
    idle: idleFusions(written),
    refused: refusedByWebgpu(written),
  }
}

async function create(
  { library, backend }: Runtime,
  encoded: EncodedPlan,
  weights: Weights,
  setting: Setting,
  placement?: Placement,
): Promise<InferenceSession> {
  const threads = backend === 'native' ? setting.threads : undefined
  const options = sessionOptions(encoded, weights, { ...setting, threads }, placement)
  try {
    return await library.InferenceSession.create(encoded.bytes, options)
  } catch (cause) {
    await placement?.read()
    throw new SaliencyError('ENGINE', `ONNX Runtime could not open the graph: ${messageOf(cause)}`, { cause })
  }
}

async function openSession(
  runtime: Runtime,
  encoded: EncodedPlan,
  weights: Weights,
  setting: Setting,
  placement?: Placement,
): Promise<Session> {
  checkWeights(encoded.parameters, weights)
  const session = await create(runtime, encoded, weights, setting, placement)
  const afterFirstRun = async () => {
    session.endProfiling()
    const sentence = placementSentence(setting.device, await (placement as Placement).read())
    if (sentence !== undefined) setting.log(sentence)
  }
  return createSession(session, encoded.inputs, runtime.library, placement && afterFirstRun)
}

/** By which engines are told apart: the same plan may round differently on each. */
const names: Readonly<Record<Backend, string>> = {
  native: 'onnxruntime-node',
  wasm: 'onnxruntime-web',
  webgpu: 'onnxruntime-webgpu',
}

/**
 * An engine on one device. A plan's first session on a device of the native library notes which operators that leaves to
 * the processor, and compares its first image with it.
 */
function engineOn(runtime: Runtime, setting: Setting): Engine {
  const { backend, version, reason } = runtime
  const { device, threads } = setting
  const name = backend === 'native' && device !== 'cpu' ? `${names.native}/${device}` : names[backend]
  // An encoded plan is kept, so that a new weight state neither traces nor serialises anything again.
  const cache = new WeakMap<Plan, EncodedPlan>()
  const openShared = sharedSessions(runtime.library)
  const engine: Engine = {
    id: name,
    description: `${name} ${version}, ${threads ?? 'default'} threads (${reason})`,
    version,
    async open(plan, weights) {
      const known = cache.get(plan)
      const encoded = known ?? encodePlan(plan, setting, backend)
      cache.set(plan, encoded)
      const fresh = () => create(runtime, encoded, weights, setting)
      if (setting.feedsWeights) return imageByImage(plan, await openShared(plan, encoded, weights, fresh))
      const isNew = backend === 'native' && device !== 'cpu' && !known
      const placement = isNew ? await watchPlacement() : undefined
      const session = await openSession(runtime, encoded, weights, setting, placement)
      if (!isNew) return imageByImage(plan, session)
      const onProcessor = () => openSession(runtime, encoded, weights, { ...setting, device: 'cpu' })
      return imageByImage(plan, comparedOnce(session, device, onProcessor))
    },
  }
  return backend === 'webgpu' ? inTurn(engine) : engine
}

/**
 * Opens ONNX Runtime as an engine.
 * @throws ENGINE when the library cannot be loaded, or the device cannot be used.
 */
export async function openOnnxRuntime({
  backend = 'auto',
  device = 'cpu',
  threads,
  feedsWeights = false,
  log = () => undefined,
}: OnnxRuntimeSettings = {}): Promise<Engine> {
  const runtime = await loadRuntime(backend)
  const { library, devices } = runtime
  // One setting for the whole of WebAssembly; it counts before the first session.
  if (runtime.backend !== 'native' && threads !== undefined) library.env.wasm.numThreads = threads
  const engineOf = (chosen: Device) =>
    engineOn(runtime, { device: chosen, threads, feedsWeights: feedsWeights && chosen === 'cpu', log })
  if (runtime.backend === 'webgpu') return engineOf('webgpu')
  if (device === 'cpu') return engineOf('cpu')
  // What the library prints of a device that is not there comes back as an error too.
  library.env.logLevel = 'fatal'
  return firstThatWorks(device, devices, engineOf, log)
}
