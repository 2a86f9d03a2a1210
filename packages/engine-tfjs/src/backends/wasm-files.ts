import { access } from 'node:fs/promises'
import { join } from 'node:path'

/** Checks a folder for the files first: TensorFlow.js's own failure is an abort without a path. */
export async function requireWasmFiles(folder: string): Promise<void> {
  for (const file of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) {
    const path = join(folder, file)
    await access(path).catch(() => {
      throw new Error(
        `${path} is missing; give the folder 'dist' of @tensorflow/tfjs-backend-wasm, or leave the setting out`,
      )
    })
  }
}
