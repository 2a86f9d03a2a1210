import { counted } from '@saliency/core'
import { chooseStep } from '../state/actions.ts'
import { network, step } from '../state/state.ts'

function sentence(count: number): string {
  const steps = network.value?.steps ?? []
  if (count === 0) return 'Trained weights.'
  return `${counted(count, 'block')} of ${steps.length} drawn anew, down to ${steps[count - 1]?.block ?? ''}.`
}

/** The slider that makes the network forget, from the logits down. */
export function Randomise() {
  const steps = network.value?.steps.length ?? 0
  return (
    <section>
      <h2 id="forget">Randomise from the top</h2>
      <input
        type="range"
        min={0}
        max={steps}
        value={step.value}
        aria-labelledby="forget"
        aria-valuetext={sentence(step.value)}
        onChange={({ currentTarget }) => void chooseStep(Number(currentTarget.value))}
      />
      <p class="note">{sentence(step.value)}</p>
    </section>
  )
}
