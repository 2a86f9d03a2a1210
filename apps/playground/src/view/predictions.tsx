import { chooseClass } from '../state/actions.ts'
import { predicted, predictions, step, target } from '../state/state.ts'

const SHOWN = 5

const percent = (share: number) => (share < 0.001 ? '< 0.1 %' : `${(100 * share).toFixed(1)} %`)

/** What a class is here, in a word: colours alone tell not everybody. */
function roleOf(index: number): string {
  const isExplained = target.value === index
  if (index === predicted.value) return isExplained ? 'predicted, explained' : 'predicted'
  return isExplained ? 'explained' : ''
}

/** The most likely classes; a click explains another one. */
export function Predictions() {
  const shown = predictions.value.slice(0, SHOWN)
  return (
    <section>
      <h2 id="classes">Click another class</h2>
      <ol class="predictions" aria-labelledby="classes">
        {shown.map(({ index, name, probability }) => (
          <li key={index}>
            <button
              type="button"
              aria-pressed={step.value === 0 && target.value === index}
              onClick={() => void chooseClass(index)}
            >
              <span class="bar" style={{ width: `${100 * probability}%` }} />
              <span class="name">{name}</span>
              <span class="role">{roleOf(index)}</span>
              <span class="number">{percent(probability)}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}
