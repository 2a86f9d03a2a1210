import { defineConfig } from 'vite'

/** Static files with relative addresses, for any host and any folder on it. */
export default defineConfig({
  base: './',
  resolve: {
    // Sources, as tests run them: the page needs no build of the packages.
    conditions: ['@saliency/source', 'browser', 'module', 'import', 'default'],
    // The build of ONNX Runtime without a graphics card is half the size.
    alias: [{ find: /^onnxruntime-web$/, replacement: 'onnxruntime-web/wasm' }],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  // With these, WebAssembly has threads; without them the page works on one.
  preview: {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1024 },
})
