import { useState } from 'preact/hooks'
import type { Preprocess } from '@saliency/model-formats'
import { choose } from '../state/opening.ts'
import { save } from '../state/save.ts'
import { network } from '../state/state.ts'
import { Choice } from './choice.tsx'
import { OwnValues } from './own-values.tsx'
import { presetOf, presets, withPreset } from './presets.ts'

const resizeOf = ({ resize }: Preprocess) =>
  typeof resize === 'object' ? 'shorter side' : (resize ?? 'cover')

function PixelValues({ preprocess }: { readonly preprocess: Preprocess }) {
  const preset = presetOf(preprocess)
  return (
    <Choice
      label="Pixel values"
      value={String(preset)}
      onChoose={(index) => void choose({ preprocess: withPreset(preprocess, Number(index)) })}
    >
      {preset < 0 && <option value="-1">own values, below</option>}
      {presets.map(({ name }, index) => (
        <option value={String(index)}>{name}</option>
      ))}
    </Choice>
  )
}

function Channels({ preprocess }: { readonly preprocess: Preprocess }) {
  const { input } = preprocess
  if (input.channels !== 'RGB' && input.channels !== 'BGR') return null
  return (
    <Choice
      label="Channels"
      value={input.channels}
      onChoose={(channels) =>
        void choose({
          preprocess: { ...preprocess, input: { ...input, channels: channels as 'RGB' | 'BGR' } },
        })
      }
    >
      <option>RGB</option>
      <option>BGR</option>
    </Choice>
  )
}

function OtherSizes({ preprocess }: { readonly preprocess: Preprocess }) {
  const { resize } = preprocess
  return (
    <Choice
      label="Pictures of other sizes"
      value={resizeOf(preprocess)}
      onChoose={(way) => void choose({ preprocess: { ...preprocess, resize: way as 'cover' | 'stretch' } })}
    >
      <option value="cover">scale, cut out the centre</option>
      <option value="stretch">stretch</option>
      {typeof resize === 'object' && (
        <option value="shorter side">shorter side to {resize.shorterSide}, cut out the centre</option>
      )}
    </Choice>
  )
}

/** What the network is fed: wrong preprocessing is the usual reason for wrong predictions. */
export function InputPanel() {
  const facts = network.value
  // A panel that was opened for a guess stays open once the guess is corrected: its fields are in use.
  const [isOpen, setOpen] = useState(false)
  // Its place is kept, so that nothing below moves.
  if (!facts)
    return (
      <details class="input-panel">
        <summary>Input</summary>
      </details>
    )
  const { preprocess, guesses, takesAnySize } = facts
  const { height, width, channels } = preprocess.input
  return (
    <details
      class="input-panel"
      open={isOpen || guesses.length > 0}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        Input {height}×{width}, {typeof channels === 'number' ? `${channels} channels` : channels}
      </summary>
      {guesses.length > 0 && (
        <p class="loud" role="alert">
          Guessed. {guesses.join(' ')} If the predictions look wrong, choose otherwise here.
        </p>
      )}
      <PixelValues preprocess={preprocess} />
      <Channels preprocess={preprocess} />
      <OtherSizes preprocess={preprocess} />
      <details>
        <summary>Own values</summary>
        <OwnValues preprocess={preprocess} takesAnySize={takesAnySize} />
      </details>
      <button type="button" onClick={() => save('preprocess.json', JSON.stringify(preprocess, undefined, 2))}>
        Save preprocess.json
      </button>
    </details>
  )
}
