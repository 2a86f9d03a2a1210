import { type Engine, messageOf, SaliencyError, suggestion } from '@saliency/core'
import { type Device, openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { engineNames } from './engine-names.ts'

type EngineName = (typeof engineNames)[number]
type Log = (line: string) => void

async function openTensorflow(backend: 'auto' | 'tensorflow' | 'wasm' | 'cpu', log: Log): Promise<Engine> {
  // Loading TensorFlow.js takes seconds: only where it is asked for.
  const { openTfjs } = await import('@saliency/engine-tfjs').catch((cause: unknown) => {
    throw notInstalled('TensorFlow.js', TENSORFLOW_ENGINE, cause)
  })
  return openTfjs({ backend, log })
}

/** Most never need these, and they are large: whoever asks for one installs it. */
const TENSORFLOW_ENGINE = 'npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm'
const WASM_ENGINE = 'npm install onnxruntime-web'

function notInstalled(name: string, remedy: string, cause: unknown): SaliencyError {
  if (!/Cannot find (package|module)/.test(messageOf(cause)))
    return new SaliencyError('ENGINE', `${name} cannot be loaded: ${messageOf(cause)}`, { cause })
  return new SaliencyError('ENGINE', `${name} is not installed: ${remedy}`, { cause })
}

async function openWasm(): Promise<Engine> {
  return openOnnxRuntime({ backend: 'wasm' }).catch((cause: unknown) => {
    throw notInstalled('onnxruntime-web', WASM_ENGINE, cause)
  })
}

const onDevice = (device: Device | 'auto') => (log: Log) =>
  openOnnxRuntime({ backend: 'native', device, log })

const openers: Readonly<Record<EngineName, (log: Log) => Promise<Engine>>> = {
  'onnxruntime-node': () => openOnnxRuntime({ backend: 'native' }),
  'onnxruntime-node/webgpu': onDevice('webgpu'),
  'onnxruntime-node/cuda': onDevice('cuda'),
  'onnxruntime-node/coreml': onDevice('coreml'),
  'onnxruntime-node/dml': onDevice('dml'),
  'onnxruntime-node/auto': onDevice('auto'),
  'onnxruntime-web': openWasm,
  tfjs: (log) => openTensorflow('auto', log),
  'tfjs-tensorflow': (log) => openTensorflow('tensorflow', log),
  'tfjs-wasm': (log) => openTensorflow('wasm', log),
  'tfjs-cpu': (log) => openTensorflow('cpu', log),
  async auto(log) {
    try {
      return await openOnnxRuntime({ backend: 'auto' })
    } catch (onnx) {
      log(`${messageOf(onnx)} Trying TensorFlow.js.`)
      try {
        return await openTensorflow('auto', log)
      } catch (tfjs) {
        throw new SaliencyError(
          'ENGINE',
          `No engine can be loaded. To have the fast one: ${FAST_ENGINE}; one without native code: ${WASM_ENGINE} (${messageOf(onnx)} ${messageOf(tfjs)})`,
          { cause: onnx },
        )
      }
    }
  },
}

/**
 * What brings the fast engine. Its package fetches CUDA libraries when it is installed; where that fails, as behind a
 * firewall, npm leaves the whole package out without a word. The variable skips what is fetched: the CPU's library is there.
 */
export const FAST_ENGINE = 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node'

/** What to say where nobody asked for the engine that was opened, and it is a slow one. */
export function fasterEngine({ id }: Engine, asked: string | undefined): string | undefined {
  if ((asked ?? 'auto') !== 'auto' || id === 'onnxruntime-node' || id === 'tfjs-tensorflow') return undefined
  return `${id} is many times slower than onnxruntime-node, which cannot be loaded here. To have it: ${FAST_ENGINE}`
}

/** The options of the command line that choose an engine. */
export interface EngineFlags {
  readonly engine?: string | undefined
  /** Of TensorFlow.js. */
  readonly backend?: string | undefined
  /** Of ONNX Runtime. */
  readonly device?: string | undefined
}

/**
 * One name for `--engine`, `--backend` and `--device`: `tfjs` and `wasm` are `tfjs-wasm`, `webgpu` is
 * `onnxruntime-node/webgpu`, and `cpu` is ONNX Runtime as it is without a device.
 * @throws INVALID_OPTION if a device is asked of another engine
 */
export function engineName({ engine, backend, device }: EngineFlags): string | undefined {
  const name = backend === undefined ? engine : `${engine ?? 'tfjs'}-${backend}`
  if (device === undefined) return name
  const native = 'onnxruntime-node'
  if (name !== undefined && name !== 'auto' && name !== native)
    throw new SaliencyError(
      'INVALID_OPTION',
      `--device ${device} is for the engine ${native}, but '${name}' is asked for. Leave one of them out.`,
    )
  return device === 'cpu' ? native : `${native}/${device}`
}

/**
 * Opens an engine by name; `auto` takes ONNX Runtime, native or WebAssembly, then TensorFlow.js, and logs what it passes over.
 * @throws ENGINE if the name is unknown or the library cannot be loaded.
 */
export async function openEngine(name = 'auto', log: Log = console.error): Promise<Engine> {
  const open = Object.hasOwn(openers, name) ? openers[name as EngineName] : undefined
  if (open) return open(log)
  throw new SaliencyError(
    'ENGINE',
    `There is no engine '${name}'.${suggestion(name, engineNames)} Choose from ${engineNames.join(', ')}.`,
  )
}
