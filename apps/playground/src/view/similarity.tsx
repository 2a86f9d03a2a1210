import { movementOf } from '../state/movement.ts'
import type { Card } from '../state/state.ts'

const two = (value: number | undefined) => (value === undefined ? '…' : value.toFixed(2).replace('-', '−'))
const place = (value: number) => `${100 * Math.min(1, Math.max(0, value))}%`

const words = {
  moves: 'moves',
  stays: 'hardly moves',
  static: 'same for every picture',
  flips: 'changes its sign',
}

/** How similar a map stayed, beside how similar maps of different pictures are. */
export function Similarity({ card }: { readonly card: Card }) {
  const { same, chance } = card
  const movement = movementOf(card)
  return (
    <div class={`similarity ${movement ?? ''}`}>
      <div class="track" aria-hidden="true">
        {same !== undefined && <span class="same" style={{ width: place(same) }} />}
        {chance !== undefined && <span class="chance" style={{ left: place(chance) }} />}
      </div>
      <p>
        {two(same)} · chance {two(chance)}
        <strong>{movement ? words[movement] : ''}</strong>
      </p>
    </div>
  )
}
