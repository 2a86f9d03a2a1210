import type { NodeProto } from '@saliency/onnx-proto'
import type { InferenceSession } from 'onnxruntime-common'
import { shapesOf } from './write/shapes-of.ts'
import type { WrittenPlan } from './write/to-onnx.ts'

/** What ONNX Runtime can compute on, in the order in which `auto` tries them. */
export const devices = ['cuda', 'coreml', 'dml', 'webgpu', 'cpu'] as const

/**
 * What ONNX Runtime computes on: `cpu`; `webgpu`, any graphics card, with nothing to install; `cuda`, NVIDIA's cards where
 * the provider's library is installed; `coreml` on macOS; `dml`, DirectML on Windows.
 */
export type Device = (typeof devices)[number]

/** What a device that cannot be used lacks. */
export const remedies: Readonly<Record<Device, string>> = {
  cpu: 'Install onnxruntime-node again.',
  webgpu: 'WebGPU needs a graphics driver: on Linux one for Vulkan, and its loader libvulkan1.',
  cuda: "CUDA needs its provider's library, on Linux: ONNXRUNTIME_NODE_INSTALL=cuda12 npm install onnxruntime-node.",
  coreml: 'CoreML is a part of macOS.',
  dml: 'DirectML is a part of Windows.',
}

/** Channels that WebGPU reads three at a time into sums that it writes four at a time, which goes wrong in ONNX Runtime 1.30. */
const isMisread = ([outputs = 0, inputs = 0]: readonly number[]) =>
  outputs % 4 === 0 && inputs > 3 && inputs % 3 === 0 && inputs % 4 !== 0

/**
 * The names of the nodes that WebGPU takes and computes wrongly or not at all, which are left to the processor: some
 * convolutions, and pools that also give the indices of their maxima.
 */
export function refusedByWebgpu(written: WrittenPlan): readonly string[] {
  const shapes = shapesOf(written)
  const isRefused = ({ opType, input, output }: NodeProto) =>
    (opType === 'MaxPool' && Boolean(output?.[1])) ||
    (opType === 'Conv' && isMisread(shapes.get(input?.[1] ?? '') ?? []))
  return (written.model.graph?.node ?? []).filter(isRefused).map(({ name }) => name ?? '')
}

/** The provider of a session; operators that it lacks run on the processor of their own accord. */
export function providerOf(
  device: Device,
  refused: readonly string[],
): InferenceSession.ExecutionProviderConfig {
  // An empty list is refused.
  return device === 'webgpu' && refused.length > 0 ? { name: device, forceCpuNodeNames: refused } : device
}
