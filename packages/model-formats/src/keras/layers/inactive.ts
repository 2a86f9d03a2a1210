import type { LayerImporter } from '../layer-call.ts'

/** A layer that does something only while training. */
const inactive: LayerImporter = ({ input }) => input

/** Layers that inference skips; they leave no trace in the graph. */
export const inactiveLayers: Readonly<Record<string, LayerImporter>> = {
  Dropout: inactive,
  SpatialDropout1D: inactive,
  SpatialDropout2D: inactive,
  SpatialDropout3D: inactive,
  AlphaDropout: inactive,
  GaussianDropout: inactive,
  GaussianNoise: inactive,
  ActivityRegularization: inactive,
  Identity: inactive,
  AugMix: inactive,
  CutMix: inactive,
  MixUp: inactive,
  RandAugment: inactive,
  RandomBrightness: inactive,
  RandomColorDegeneration: inactive,
  RandomColorJitter: inactive,
  RandomContrast: inactive,
  RandomElasticTransform: inactive,
  RandomErasing: inactive,
  RandomFlip: inactive,
  RandomGaussianBlur: inactive,
  RandomGrayscale: inactive,
  RandomHeight: inactive,
  RandomHue: inactive,
  RandomInvert: inactive,
  RandomPerspective: inactive,
  RandomPosterization: inactive,
  RandomRotation: inactive,
  RandomSaturation: inactive,
  RandomSharpness: inactive,
  RandomShear: inactive,
  RandomTranslation: inactive,
  RandomWidth: inactive,
  RandomZoom: inactive,
}
