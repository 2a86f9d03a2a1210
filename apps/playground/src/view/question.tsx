import { picture } from '../state/state.ts'
import { Finding } from './finding.tsx'
import { PixelCanvas } from './picture-canvas.tsx'
import { Predictions } from './predictions.tsx'
import { Randomise } from './randomise.tsx'
import { Strength } from './strength.tsx'

/** The picture, what the network says of it, and what to change: in view wherever the maps are scrolled to. */
export function Question() {
  const shown = picture.value
  const pixels = shown && { height: shown.height, width: shown.width, data: shown.pixels }
  return (
    <section class="question" aria-label="Question">
      <div class="asked">
        <PixelCanvas pixels={pixels} label={`The picture ${shown?.id ?? ''}`} />
        <Predictions />
        <div class="sliders">
          <Randomise />
          <Strength />
        </div>
      </div>
      <Finding />
    </section>
  )
}
