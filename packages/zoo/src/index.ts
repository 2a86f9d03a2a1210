export { DEMO_MODELS, demoModelFolder, demoTwin, isDemoModel, type DemoModel } from './demo-models.ts'
export { shapeImages, type ShapeImagesOptions } from './shapes/image-set.ts'
export { SHAPE_CLASSES, type ShapeClass } from './shapes/outline.ts'
export { drawScene, sceneLabels, type Scene, type SceneKey, type SceneObject } from './shapes/scene.ts'
export { cacheFolder, modelCachePath } from './download/cache.ts'
export { download, type DownloadOptions, type RemoteFile } from './download/download.ts'
export type { Fingerprint } from './download/verify.ts'
export {
  isPublicModel,
  PUBLIC_MODELS,
  type PublicModel,
  type PublicModelName,
  type PublishedFile,
} from './public/catalogue.ts'
export {
  loadPublicModel,
  seededPublicModel,
  type PreparedModel,
  type PublicModelOptions,
} from './public/load-public-model.ts'
export { readKerasWeights } from './public/keras-weights.ts'
export type { KerasArchitecture, WeightSpec } from './public/network.ts'
export { seededWeights, type KerasWeight } from './public/seeded-weights.ts'
export { assembleModel } from './public/assemble.ts'
