import { counted } from '@saliency/core'
import { movementOf } from '../state/movement.ts'
import { cardOf, change, network, predictions, shownMethods, step, target } from '../state/state.ts'

const nameOf = (index: number) =>
  predictions.value.find((one) => one.index === index)?.name ?? `class ${index}`

/** In words: what was changed, and how many maps cared. */
export function Finding() {
  const variants = (network.value?.families ?? [])
    .filter(({ method }) => shownMethods.value.has(method))
    .flatMap((family) => family.variants)
  const moved = variants.map(({ id }) => movementOf(cardOf(id).value))
  const known = moved.filter((one) => one !== undefined)
  const still = known.filter((one) => one === 'stays' || one === 'static').length
  const top = predictions.value[0]?.name ?? 'the predicted class'
  const what =
    change.value === undefined
      ? `Maps of ${top}, the predicted class. Click another class, or move the slider.`
      : change.value === 'class'
        ? `Maps of ${nameOf(target.value)} instead of ${top}.`
        : `Maps of ${top}, with ${counted(step.value, 'block')} of the network drawn anew.`
  return (
    <p class="finding" aria-live="polite">
      {what}{' '}
      {change.value !== undefined && known.length > 0 && (
        <strong>
          {still} of {counted(known.length, 'map')} hardly move.
        </strong>
      )}
    </p>
  )
}
