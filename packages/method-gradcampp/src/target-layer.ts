import { SaliencyError, type Layer, type Model } from '@saliency/core'

const isSpatial = ({ output }: Layer) => output.shape.length === 4

/** The layers that can be a target: those that return feature maps `[n, c, h, w]`, in execution order. */
export function spatialLayers(model: Model): readonly Layer[] {
  return model.layers.filter(isSpatial)
}

function findLayer(model: Model, wanted: string): Layer {
  if (wanted === '') return model.lastSpatial
  const named = model.layers.find((layer) => layer.name === wanted)
  const counted = /^-?\d+$/.test(wanted) ? model.layers.at(Number(wanted)) : undefined
  return named ?? counted ?? model.layer(wanted)
}

/**
 * Finds the target layer: `''` takes the model's last spatial activation, before a pool; a whole number counts layers in
 * execution order (from 0; negative ones from the end); anything else is a layer's name. A name wins over a number.
 * @throws UNKNOWN_LAYER when there is no such layer.
 * @throws INVALID_OPTION when the layer does not return `[n, c, h, w]`; the message lists those that do.
 */
export function targetLayer(model: Model, wanted: string): Layer {
  const layer = findLayer(model, wanted)
  if (isSpatial(layer)) return layer
  const list = spatialLayers(model).map(({ name }) => name)
  const remedy =
    list.length > 0
      ? `choose one of ${list.join(', ')}`
      : 'the model has none, so explain it with another method'
  throw new SaliencyError(
    'INVALID_OPTION',
    `gradcampp: option 'layer': '${layer.name}' returns [${layer.output.shape.join(', ')}], not a feature map ` +
      `[n, c, h, w]; ${remedy}.`,
  )
}
