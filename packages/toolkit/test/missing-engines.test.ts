import { describe, expect, it, vi } from 'vitest'
import { FAST_ENGINE, openEngine } from '../src/engines.ts'

const { missing } = vi.hoisted(() => ({
  missing: (name: string) => new Error(`Cannot find package '${name}' imported from here`),
}))
vi.mock('@saliency/engine-onnxruntime', () => ({
  openOnnxRuntime: ({ backend }: { backend: string }) =>
    Promise.reject(missing(backend === 'wasm' ? 'onnxruntime-web' : 'onnxruntime-node')),
}))
vi.mock('@saliency/engine-tfjs', () => {
  throw missing('@tensorflow/tfjs')
})

const lines: string[] = []
const open = (name: string) => openEngine(name, (line) => lines.push(line))

describe('engines that are not installed', () => {
  it('say how they are', async () => {
    await expect(open('onnxruntime-web')).rejects.toThrow(
      'onnxruntime-web is not installed: npm install onnxruntime-web',
    )
    for (const name of ['tfjs', 'tfjs-wasm', 'tfjs-cpu'])
      await expect(open(name)).rejects.toThrow(
        'TensorFlow.js is not installed: npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm',
      )
  })

  it('say how to have any, where nothing is there', async () => {
    await expect(open('auto')).rejects.toThrow(`To have the fast one: ${FAST_ENGINE}`)
    await expect(open('auto')).rejects.toThrow('one without native code: npm install onnxruntime-web')
  })
})
