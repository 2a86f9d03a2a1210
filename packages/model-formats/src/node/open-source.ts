import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { detectFormat } from '../detect-format.ts'
import type { ImportedModel } from '../imported-model.ts'
import type { SourceRuntime } from '../verify-model.ts'
import { locateModel, modelFolder } from './load-model.ts'
import { openOnnxSource } from './onnx-source.ts'
import { openTensorFlowSource } from './tensorflow-source.ts'

/**
 * Opens a model file with the library it was made for: ONNX Runtime, or TensorFlow.js.
 * @throws ENGINE when that library is not installed or cannot run the file; UNSUPPORTED_MODEL for Keras files, which have
 * no runtime outside Python.
 */
export async function openSource(path: string, imported: ImportedModel): Promise<SourceRuntime> {
  const { folder, file } = await locateModel(path)
  const files = modelFolder(folder)
  const detected = detectFormat(await files.read(file), file)
  switch (detected.format) {
    case 'onnx':
      return openOnnxSource(join(folder, file), imported)
    case 'tfjs-layers':
    case 'tfjs-graph':
      return openTensorFlowSource(detected.json, files, imported)
    default:
      throw new SaliencyError(
        'UNSUPPORTED_MODEL',
        `${file} is a Keras file, which only Python can run: there is nothing to compare with here.`,
      )
  }
}
