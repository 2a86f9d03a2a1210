import { counted } from '@saliency/core'
import { useState } from 'preact/hooks'
import { chooseStep } from '../state/actions.ts'
import { network, step } from '../state/state.ts'

function sentence(count: number): string {
  const steps = network.value?.steps ?? []
  if (count === 0) return 'Trained weights.'
  return `${counted(count, 'block')} of ${steps.length} drawn anew, down to ${steps[count - 1]?.block ?? ''}.`
}

/** The slider that makes the network forget, from the logits down; while it is held, it says where it would go. */
export function Randomise() {
  const [held, hold] = useState<number | undefined>(undefined)
  const steps = network.value?.steps.length ?? 0
  const count = held ?? step.value
  return (
    <section>
      <h2 id="forget">Randomise from the top</h2>
      <input
        type="range"
        min={0}
        max={steps}
        value={count}
        aria-labelledby="forget"
        aria-valuetext={sentence(count)}
        onInput={({ currentTarget }) => hold(Number(currentTarget.value))}
        onChange={({ currentTarget }) => {
          hold(undefined)
          void chooseStep(Number(currentTarget.value))
        }}
      />
      <p class="note">{sentence(count)}</p>
    </section>
  )
}
