import { activationLayer } from './apply-activation.ts'
import type { LayerImporter } from './layer-call.ts'
import { activationLayers } from './layers/activation.ts'
import { applicationLayers } from './layers/application.ts'
import { attentionLayers } from './layers/attention.ts'
import { convolutionLayers } from './layers/convolution.ts'
import { denseLayers } from './layers/dense.ts'
import { furtherNorms } from './layers/further-norms.ts'
import { inactiveLayers } from './layers/inactive.ts'
import { mergeLayers } from './layers/merge.ts'
import { normalizationLayers } from './layers/normalization.ts'
import { poolingLayers } from './layers/pooling.ts'
import { sequenceLayers } from './layers/sequence.ts'
import { shapeLayers } from './layers/shape.ts'

/** Every Keras layer that can be imported, by family. */
export const layerFamilies: Readonly<Record<string, Readonly<Record<string, LayerImporter>>>> = {
  Convolution: convolutionLayers,
  Dense: denseLayers,
  Normalisation: { ...normalizationLayers, ...furtherNorms },
  Activation: { Activation: activationLayer, ...activationLayers },
  Pooling: poolingLayers,
  Attention: attentionLayers,
  'Over one axis': sequenceLayers,
  Merging: mergeLayers,
  Shape: shapeLayers,
  'Of networks in keras.applications': applicationLayers,
  'Skipped at inference': inactiveLayers,
}

/** The importer of every Keras layer by its class name, whatever its family. */
export const layerTable: ReadonlyMap<string, LayerImporter> = new Map(
  Object.values(layerFamilies).flatMap((family) => Object.entries(family)),
)
