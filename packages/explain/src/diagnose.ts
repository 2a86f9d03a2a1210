import type { FloatTensor, Layer, Model, ResolvedVariant } from '@saliency/core'

/** What is wrong with a map, and the likely cause; undefined where nothing is. */
export function diagnose(map: FloatTensor, variant: ResolvedVariant, model: Model): string | undefined {
  const [first = 0] = map.data
  let [bad, isConstant] = [0, true]
  for (const value of map.data) {
    if (!Number.isFinite(value)) bad += 1
    if (value !== first) isConstant = false
  }
  if (bad > 0)
    return `${bad} of ${map.data.length} values are not finite: a division by zero in the method, or an overflow in the model.`
  if (!isConstant) return undefined
  return first === 0
    ? `the map is zero everywhere: ${causeOfZero(variant, model)}`
    : `the map is ${first} everywhere: it says nothing about the image.`
}

/** The layer that a variant looks at, as far as its options say. */
function layerOf({ options }: ResolvedVariant, { layers, target }: Model): Layer | undefined {
  const wanted = options['layer']
  return wanted === undefined || wanted === '' ? target.layer : layers.find(({ name }) => name === wanted)
}

function causeOfZero(variant: ResolvedVariant, model: Model): string {
  const { method, options, traits, handling } = variant
  const names = Object.keys(options)
  if (names.some((name) => /percentile|quantile|threshold/i.test(name))) {
    return 'the threshold cuts everything; on small layers a high percentile leaves a few values, and none after the next layer. Lower it.'
  }
  if (traits.resolution === 'layer') {
    const layer = layerOf(variant, model)
    if (layer?.maps && !layer.maps.isRead)
      return `no logit reads the places of '${layer.name}', whatever the class. Choose a layer in front of the last attention.`
    if (traits.nonnegative !== true)
      return `no gradient of this class reaches ${layer ? `'${layer.name}'` : 'the layer'}. Choose another layer, or another class.`
    return 'every weighted activation is negative for this class, and the final ReLU cuts them. Try the variant without it, another target layer, or another class.'
  }
  if (handling === 'positive') return 'no positive signal reaches the image for this class.'
  return `no signal reaches the image: the class may not depend on it, or ${method.id} is cut off by a saturated layer.`
}
