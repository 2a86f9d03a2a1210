import { SaliencyError, type FeatureMaps, type Layer, type Model } from '@saliency/core'

/** A layer that can be a target, with how its output is read as `[n, c, h, w]`. */
export type SpatialLayer = Layer & { readonly maps: FeatureMaps }

const isSpatial = (layer: Layer): layer is SpatialLayer => layer.maps !== undefined

/** The layers that can be a target: those whose output has rows and columns of the image, in execution order. */
export function spatialLayers(model: Model): readonly SpatialLayer[] {
  return model.layers.filter(isSpatial)
}

/** What else could be a target, as the end of a message. */
function remedy(model: Model): string {
  const names = spatialLayers(model).map(({ name }) => name)
  return names.length > 0
    ? `choose one of ${names.join(', ')}`
    : 'the model has none that could be one, so explain it with another method'
}

function findLayer(model: Model, wanted: string): Layer {
  const named = model.layers.find((layer) => layer.name === wanted)
  const counted = /^-?\d+$/.test(wanted) ? model.layers.at(Number(wanted)) : undefined
  return named ?? counted ?? model.layer(wanted)
}

function usual(model: Model): Layer {
  const { layer, reason } = model.target
  if (layer) return layer
  const message = `${model.name} has no target layer that goes without saying: ${reason}; with the option 'layer', ${remedy(model)}.`
  throw new SaliencyError('INVALID_OPTION', `gradcampp: ${message}`)
}

/**
 * Finds the target layer: `''` takes the model's own choice (`model.target`); a whole number counts layers in execution
 * order (from 0; negative ones from the end); anything else is a layer's name, or a module's. A name wins over a number.
 * @throws UNKNOWN_LAYER when there is no such layer.
 * @throws INVALID_OPTION when the layer has no rows and columns of the image; the message lists those that do.
 */
export function targetLayer(model: Model, wanted: string): SpatialLayer {
  const layer = wanted === '' ? usual(model) : findLayer(model, wanted)
  if (isSpatial(layer)) return layer
  throw new SaliencyError(
    'INVALID_OPTION',
    `gradcampp: option 'layer': '${layer.name}' returns [${layer.output.shape.join(', ')}], which is no image: ` +
      `none of its axes, or not just two of them, are rows and columns of the image; ${remedy(model)}.`,
  )
}
