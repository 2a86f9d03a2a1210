export { detectFormat, type Detected } from './detect-format.ts'
export { assumedPreprocess, withClasses } from './classifier.ts'
export { modelFileAmong } from './find-model.ts'
export { importModel, withPreprocess } from './import-model.ts'
export type { ImportedModel, ModelFormat, SourceInput, SourceOutput } from './imported-model.ts'
export type { ImportSettings } from './import-settings.ts'
export type { ConfigReader } from './keras/config-reader.ts'
export { importKerasArchive } from './keras/import-archive.ts'
export { importKerasHdf5 } from './keras/import-hdf5.ts'
export type { LayerCall, LayerImporter, WeightRequest } from './keras/layer-call.ts'
export type { ModelFiles } from './model-files.ts'
export type { ConstantTensor } from './constant/constant-tensor.ts'
export type { AttributeReader } from './onnx/attributes.ts'
export { isConstant, type Entry, type NodeCall, type OperatorImporter } from './onnx/node-call.ts'
export type { ParameterRequest } from './parameter-table.ts'
export { ownPixelRange } from './pixel-scale.ts'
export { like, asSourceValue, type Flattened, type SourceValue } from './source-value.ts'
export { importOnnx } from './onnx/import-onnx.ts'
export {
  channelCount,
  parsePreprocess,
  readPreprocessText,
  type Interpolation,
  type Preprocess,
} from './preprocess.ts'
export { supportedMarkdown, supportedTables, type SupportedFamily, type SupportedTable } from './supported.ts'
export { isConstantEntry, type GraphCall, type GraphEntry, type GraphImporter } from './tfjs/graph-call.ts'
export { importGraphModel } from './tfjs/import-graph-model.ts'
export { importLayersModel } from './tfjs/import-layers-model.ts'
export { verifyGradient, type GradientVerification } from './verify-gradient.ts'
export { verifyModel, type SourceRuntime, type Verification, type VerifySettings } from './verify-model.ts'
