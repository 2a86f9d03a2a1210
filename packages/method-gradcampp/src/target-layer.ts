import { SaliencyError, type Layer, type Model } from '@saliency/core'

/** The layers that can be a target: those that return feature maps `[n, c, h, w]`, in execution order. */
export function spatialLayers(model: Model): readonly Layer[] {
  return model.layers.filter((layer) => layer.output.shape.length === 4)
}

/**
 * Finds the target layer: `''` takes the model's last spatial activation, a whole number counts layers in execution
 * order (negative ones from the end), anything else is a layer's name. A name wins over a number.
 * @throws UNKNOWN_LAYER when there is no such layer.
 * @throws INVALID_OPTION when the layer does not return `[n, c, h, w]`; the message lists those that do.
 */
export function targetLayer(model: Model, wanted: string): Layer {
  if (wanted === '') return model.lastSpatial
  const named = model.layers.some((layer) => layer.name === wanted)
  const layer = (!named && /^-?\d+$/.test(wanted) && model.layers.at(Number(wanted))) || model.layer(wanted)
  if (layer.output.shape.length === 4) return layer
  const list = spatialLayers(model).map(({ name }) => name)
  throw new SaliencyError(
    'INVALID_OPTION',
    `gradcampp: option 'layer': '${layer.name}' returns [${layer.output.shape.join(', ')}], not a feature map ` +
      `[n, c, h, w]; the layers that do: ${list.join(', ')}.`,
  )
}
