import { SaliencyError, type FeatureMaps, type Layer, type Model } from '@saliency/core'

/** A layer that can be a target, with how its output is read as `[n, c, h, w]`. */
export type SpatialLayer = Layer & { readonly maps: FeatureMaps }

const isSpatial = (layer: Layer): layer is SpatialLayer => layer.maps !== undefined

/** The layers that can be a target: those whose output has rows and columns of the image, in execution order. */
export function spatialLayers(model: Model): readonly SpatialLayer[] {
  return model.layers.filter(isSpatial)
}

/** Names that a message lists at most: the last ones, as a target mostly is. */
const LISTED = 8

/** What else could be a target, as the end of a message. */
function remedy(model: Model): string {
  const names = spatialLayers(model).flatMap(({ name, maps }) => (maps.isRead ? name : []))
  if (names.length === 0) return 'the model has none that could be one, so explain it with another method'
  const [usual, last] = [model.target.layer?.name, names.slice(-LISTED)]
  const listed = usual !== undefined && !last.includes(usual) ? [usual, ...last] : last
  const more = names.length - listed.length
  return `choose one of ${listed.join(', ')}${more > 0 ? `, or of ${more} more, which 'saliency inspect' lists` : ''}`
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

const refused = (layer: Layer, why: string, model: Model) =>
  new SaliencyError('INVALID_OPTION', `gradcampp: option 'layer': '${layer.name}' ${why}; ${remedy(model)}.`)

/**
 * Finds the target layer: `''` takes the model's own choice (`model.target`); a whole number counts layers in execution
 * order (from 0; negative ones from the end); anything else is a layer's name, or a module's. A name wins over a number.
 * @throws UNKNOWN_LAYER when there is no such layer.
 * @throws INVALID_OPTION when the layer has no rows and columns of the image, or the logits read none of its places; the
 * message lists those that could be chosen.
 */
export function targetLayer(model: Model, wanted: string): SpatialLayer {
  const layer = wanted === '' ? usual(model) : findLayer(model, wanted)
  if (!isSpatial(layer)) {
    const why = `returns [${layer.output.shape.join(', ')}], which is no image: none of its axes, or not just two of them, are rows and columns of the image`
    throw refused(layer, why, model)
  }
  if (!layer.maps.isRead) {
    const why =
      'has no gradient at any place of the image: behind it the logits read tokens that are no place alone'
    throw refused(layer, why, model)
  }
  return layer
}

/**
 * Refuses a layer at which activation times gradient is zero at every place, so that a map of it would be rounding.
 * @throws INVALID_OPTION, naming layers that can be chosen.
 */
export function assertSeesScale(model: Model, layer: SpatialLayer): void {
  if (!layer.maps.isScaleBlind) return
  const why =
    'enters a norm and nothing else, which makes gradient times activation sum to zero at every place: a map of it would be rounding'
  throw refused(layer, why, model)
}
