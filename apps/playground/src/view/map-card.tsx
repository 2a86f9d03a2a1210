import { useComputed } from '@preact/signals'
import { displayFactor, overlayPixels } from '@saliency/report'
import type { VariantFacts } from '../protocol.ts'
import { change, cardOf, picture, strength } from '../state/state.ts'
import { point, pointedAt } from '../state/pointer.ts'
import { saveNpy, savePng } from '../state/save-map.ts'
import { PixelCanvas } from './picture-canvas.tsx'
import { Similarity } from './similarity.tsx'

/** The longer side of a map on the page, at least, in pixels. */
const LEAST = 128

/** One variant: its map over the picture, and whether it moved. */
export function MapCard({ variant }: { readonly variant: VariantFacts }) {
  const { id, name, handling, description, isControl } = variant
  const card = cardOf(id)
  const pixels = useComputed(() => {
    const { plane } = card.value
    const under = picture.value
    return plane && under && overlayPixels(plane, under, displayFactor(under, LEAST), strength.value)
  })
  const { isOld, problem } = card.value
  const pointed = pointedAt.value?.id === id ? pointedAt.value.text : undefined
  return (
    <figure class={isOld ? 'map old' : 'map'} data-variant={id}>
      <div
        onPointerMove={(event) => point(id, card.value, event)}
        onPointerLeave={() => (pointedAt.value = undefined)}
      >
        <PixelCanvas pixels={pixels.value} label={`Map of ${id}`} />
      </div>
      <figcaption>
        <span title={description}>{name}</span>
        <span class={`handling ${handling}`}>{pointed ?? (isControl ? 'control' : handling)}</span>
      </figcaption>
      {problem === undefined ? (
        change.value && <Similarity card={card.value} />
      ) : (
        <p class="note">{problem}</p>
      )}
      <div class="saves">
        <button type="button" disabled={!pixels.value} onClick={() => void savePng(id, pixels.value)}>
          PNG<span class="hidden"> of {id}</span>
        </button>
        <button type="button" disabled={!card.value.values} onClick={() => saveNpy(id, card.value)}>
          .npy<span class="hidden"> of {id}</span>
        </button>
      </div>
    </figure>
  )
}
