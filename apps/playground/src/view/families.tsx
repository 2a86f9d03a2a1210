import { counted } from '@saliency/core'
import type { Family } from '../protocol.ts'
import { toggleMethod } from '../state/actions.ts'
import { network, shownMethods } from '../state/state.ts'
import { MapCard } from './map-card.tsx'

function FamilySection({ family }: { readonly family: Family }) {
  const { method, title, variants, isSampling } = family
  const isShown = shownMethods.value.has(method)
  return (
    <section class="family" aria-label={title}>
      <h2>
        {title} <small>{counted(variants.length, 'variant')}</small>
        <button type="button" aria-pressed={isShown} onClick={() => void toggleMethod(method)}>
          {isShown ? 'Hide' : isSampling ? 'Compute: many passes a map' : 'Show'}
        </button>
      </h2>
      {isShown && (
        <div class="maps">
          {variants.map((variant) => (
            <MapCard key={variant.id} variant={variant} />
          ))}
        </div>
      )}
    </section>
  )
}

/** All maps, a method a section. */
export function Families() {
  return (
    <>
      {network.value?.families.map((family) => (
        <FamilySection key={family.method} family={family} />
      ))}
    </>
  )
}
