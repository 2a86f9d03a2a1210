export { environment } from './environment.ts'
export { openOnnxRuntime, type OnnxRuntimeSettings } from './open.ts'
export type { Backend } from './runtime.ts'
export { toOnnx } from './write/to-onnx.ts'
