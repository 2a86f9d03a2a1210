export { arrayImages, type ArrayImages, type ArrayImagesOptions } from './arrays.ts'
export { fitRaster } from './fit.ts'
export { classCounts, inTurn } from './in-turn.ts'
export {
  labelFields,
  type ImageRecord,
  type ImageSet,
  type KnownFile,
  type KnownImage,
  type LoadedImage,
  type ObjectMask,
  type SkippedImage,
} from './image-set.ts'
export { fitMask, maskRaster } from './mask.ts'
export { normaliseRaster, rasterBytes } from './normalise.ts'
export { parsePreprocess, type Preprocess } from './preprocess.ts'
export { type DecodedImage, rasterFingerprint, rasterImages } from './raster-images.ts'
export type { Raster } from './raster.ts'
export { parseTable, type ImageTable, type TableRow } from './table.ts'
