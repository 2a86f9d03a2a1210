import type { LayerImporter } from '../layer-call.ts'

/** A layer that does something only while training. */
const inactive: LayerImporter = ({ input }) => input

/** Layers that inference skips; they leave no trace in the graph. */
export const inactiveLayers: Readonly<Record<string, LayerImporter>> = {
  Dropout: inactive,
  SpatialDropout2D: inactive,
  AlphaDropout: inactive,
  GaussianDropout: inactive,
  GaussianNoise: inactive,
  ActivityRegularization: inactive,
  Identity: inactive,
  RandomBrightness: inactive,
  RandomContrast: inactive,
  RandomFlip: inactive,
  RandomRotation: inactive,
  RandomTranslation: inactive,
  RandomZoom: inactive,
}
