import { counted } from '@saliency/core'
import type { Family, VariantFacts } from '../protocol.ts'
import { toggleMethod } from '../state/actions.ts'
import { inPairs, network, shownMethods } from '../state/state.ts'
import { Legend } from './legend.tsx'
import { MapCard } from './map-card.tsx'

interface Pair {
  readonly variant: VariantFacts
  readonly counterpart: VariantFacts
}

/** Each variant that has a counterpart among the families shown, with it. */
function pairsOf({ variants }: Family): Pair[] {
  const shown = (network.value?.families ?? []).filter(({ method }) => shownMethods.value.has(method))
  const all = shown.flatMap((family) => family.variants)
  return variants.flatMap((variant) => {
    const counterpart = all.find(({ id }) => id === variant.counterpart)
    return counterpart ? { variant, counterpart } : []
  })
}

/** Positive against signed: what the rectifier does to a map is seen where both stand side by side. */
function Pairs({ family }: { readonly family: Family }) {
  const pairs = pairsOf(family)
  if (pairs.length === 0) return <p class="note">No variant here has a counterpart among the maps shown.</p>
  return (
    <div class="pairs">
      {pairs.map(({ variant, counterpart }) => (
        <div
          class="beside"
          role="group"
          aria-label={`${variant.name} beside ${counterpart.name}`}
          key={variant.id}
        >
          <MapCard variant={variant} />
          <MapCard variant={counterpart} />
        </div>
      ))}
    </div>
  )
}

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
      {isShown && inPairs.value && <Pairs family={family} />}
      {isShown && !inPairs.value && (
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
      <Legend />
      <p class="layout">
        <label>
          <input
            type="checkbox"
            checked={inPairs.value}
            onChange={({ currentTarget }) => (inPairs.value = currentTarget.checked)}
          />{' '}
          Each rectified map beside its signed counterpart
        </label>
      </p>
      {network.value?.families.map((family) => (
        <FamilySection key={family.method} family={family} />
      ))}
    </>
  )
}
