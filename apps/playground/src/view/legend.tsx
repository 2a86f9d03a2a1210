import { colourOf } from '@saliency/report'

const STOPS = 17

/** The colours of maps from the left to the right, as maps are painted. */
function gradient(isSigned: boolean): string {
  const colours = Array.from({ length: STOPS }, (_, at) => {
    const share = at / (STOPS - 1)
    return `rgb(${colourOf(isSigned ? 2 * share - 1 : share, isSigned).join(' ')})`
  })
  return `linear-gradient(to right, ${colours.join(', ')})`
}

function Scale(props: { readonly isSigned: boolean; readonly ends: readonly [string, string] }) {
  const { isSigned, ends } = props
  return (
    <span class="scale">
      {ends[0]} <span class="colours" style={{ background: gradient(isSigned) }} /> {ends[1]}
    </span>
  )
}

/** What the colours of maps say. */
export function Legend() {
  return (
    <p class="legend">
      <Scale isSigned ends={['against the class', 'for it']} />
      <Scale isSigned={false} ends={['nothing', 'most, where no value is negative']} />
      <span>Each map has a scale of its own.</span>
    </p>
  )
}
