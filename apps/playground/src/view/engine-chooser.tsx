import type { EngineChoice } from '../protocol.ts'
import { choose } from '../state/opening.ts'
import { choices, engineLine } from '../state/state.ts'

const engines: readonly { choice: EngineChoice; text: string }[] = [
  { choice: 'auto', text: 'Automatic' },
  { choice: 'wasm', text: 'WebAssembly' },
  { choice: 'webgpu', text: 'WebGPU' },
]

/** Where maps are computed. */
export function EngineChooser() {
  return (
    <section aria-label="Engine">
      <label>
        Engine{' '}
        <select
          value={choices.value.engine}
          onChange={({ currentTarget }) => void choose({ engine: currentTarget.value as EngineChoice })}
        >
          {engines.map(({ choice, text }) => (
            <option value={choice}>{text}</option>
          ))}
        </select>
      </label>
      <p class="note" data-engine>
        {engineLine.value}.
      </p>
    </section>
  )
}
