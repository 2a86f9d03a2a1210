import { type Engine, SaliencyError } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { messageOf } from './errors.ts'
import { suggestion } from './nearest.ts'

/** What `--engine` takes. */
export const engineNames = [
  'auto',
  'onnxruntime-node',
  'onnxruntime-web',
  'tensorflow',
  'tfjs-wasm',
  'tfjs-cpu',
] as const

type EngineName = (typeof engineNames)[number]

async function openTensorflow(backend: 'tensorflow' | 'wasm' | 'cpu'): Promise<Engine> {
  // Loading TensorFlow.js takes seconds: only where it is asked for.
  const { openTfjs } = await import('@saliency/engine-tfjs')
  return openTfjs({ backend })
}

const openers: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  'onnxruntime-node': () => openOnnxRuntime({ backend: 'native' }),
  'onnxruntime-web': () => openOnnxRuntime({ backend: 'wasm' }),
  tensorflow: () => openTensorflow('tensorflow'),
  'tfjs-wasm': () => openTensorflow('wasm'),
  'tfjs-cpu': () => openTensorflow('cpu'),
  async auto() {
    try {
      return await openOnnxRuntime({ backend: 'auto' })
    } catch (onnx) {
      try {
        return await openTensorflow('wasm')
      } catch (tfjs) {
        throw new SaliencyError('ENGINE', `No engine can be loaded: ${messageOf(onnx)} ${messageOf(tfjs)}`, {
          cause: onnx,
        })
      }
    }
  },
}

/**
 * Opens an engine by name; `auto` takes ONNX Runtime, native or WebAssembly, then TensorFlow.js.
 * @throws ENGINE if the name is unknown or the library cannot be loaded.
 */
export async function openEngine(name = 'auto'): Promise<Engine> {
  const open = Object.hasOwn(openers, name) ? openers[name as EngineName] : undefined
  if (open) return open()
  throw new SaliencyError(
    'ENGINE',
    `There is no engine '${name}'.${suggestion(name, engineNames)} Choose from ${engineNames.join(', ')}.`,
  )
}
