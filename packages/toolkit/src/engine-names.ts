/** What `--device` takes: what ONNX Runtime computes on; `auto` takes the first that works. */
export const deviceNames = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml', 'auto'] as const

/** What `--engine` takes; `tfjs` with a backend is `tfjs-wasm`, and `onnxruntime-node` with a device `onnxruntime-node/webgpu`. */
export const engineNames = [
  'auto',
  'onnxruntime-node',
  'onnxruntime-node/webgpu',
  'onnxruntime-node/cuda',
  'onnxruntime-node/coreml',
  'onnxruntime-node/dml',
  'onnxruntime-node/auto',
  'onnxruntime-web',
  'tfjs',
  'tfjs-tensorflow',
  'tfjs-wasm',
  'tfjs-cpu',
] as const
