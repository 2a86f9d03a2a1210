import { strength } from '../state/state.ts'

const words = (value: number) =>
  value === 0
    ? 'picture alone'
    : value === 2
      ? 'map alone'
      : value === 1
        ? 'as in reports'
        : value < 1
          ? 'weaker'
          : 'stronger'

/** How strongly maps cover the picture. */
export function Strength() {
  return (
    <section>
      <h2 id="strength">Overlay</h2>
      <input
        type="range"
        min={0}
        max={2}
        step={0.25}
        value={strength.value}
        aria-labelledby="strength"
        aria-valuetext={words(strength.value)}
        onInput={({ currentTarget }) => (strength.value = Number(currentTarget.value))}
      />
      <p class="note">{words(strength.value)}</p>
    </section>
  )
}
