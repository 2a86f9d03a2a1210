export type {
  ImportedModel,
  ImportSettings,
  ModelFormat,
  SourceInput,
  SourceOutput,
} from './imported-model.ts'
export type { ModelFiles } from './model-files.ts'
export { importLayersModel } from './tfjs/import-layers-model.ts'
export { importOnnx } from './onnx/import-onnx.ts'
