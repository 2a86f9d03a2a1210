/** What `--engine` takes; `tfjs` with a backend is `tfjs-wasm` and so on. */
export const engineNames = [
  'auto',
  'onnxruntime-node',
  'onnxruntime-web',
  'tfjs',
  'tfjs-tensorflow',
  'tfjs-wasm',
  'tfjs-cpu',
] as const
