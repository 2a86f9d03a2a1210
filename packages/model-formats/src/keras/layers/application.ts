import { fixedDim } from '@saliency/core'
import { like, type SourceValue } from '../../source-value.ts'
import { invalid } from '../../problems.ts'
import type { LayerImporter } from '../layer-call.ts'

/** ConvNeXt: x · gamma, one factor a channel. */
const layerScale: LayerImporter = (call) => {
  const { input, config, ops } = call
  const size = config.number('projection_dim', fixedDim(input.value.shape[1], 'The channel count'))
  config.raw('init_values')
  const gamma = call.parameter({
    weight: 'gamma',
    // It was made without a name.
    otherNames: ['variable', 'Variable'],
    role: 'gamma',
    shape: [size],
  })
  return like(input, ops.mul(input.value, ops.reshape(gamma, [1, size, 1, 1])))
}

/** ConvNeXt: whole branches are dropped while training. */
const stochasticDepth: LayerImporter = ({ input, config }) => {
  for (const setting of ['drop_path_rate', 'rate']) config.raw(setting)
  return input
}

/** Inception-ResNet: the trunk and a scaled branch. */
const customScale: LayerImporter = ({ inputs, config, ops }) => {
  const [trunk, branch, ...others] = inputs
  if (!trunk || !branch || others.length > 0) throw invalid('A CustomScaleLayer adds two values.')
  const scaled: SourceValue = like(branch, ops.mul(branch.value, config.number('scale')))
  return like(trunk, ops.add(trunk.value, scaled.value))
}

/** Layers that networks of keras.applications bring along. */
export const applicationLayers: Readonly<Record<string, LayerImporter>> = {
  LayerScale: layerScale,
  StochasticDepth: stochasticDepth,
  CustomScaleLayer: customScale,
  'Custom>CustomScaleLayer': customScale,
}
