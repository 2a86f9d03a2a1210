import { cancel } from '../state/asking.ts'
import { problem, progress } from '../state/state.ts'

/** What is computed now, and what went wrong. */
export function Status() {
  const now = progress.value
  const isBusy = now !== undefined && now.done < now.all
  return (
    <section class="status" aria-label="Progress">
      {problem.value === undefined ? (
        <p role="status">{isBusy ? `${now.text} (${now.done} of ${now.all})` : 'Ready.'}</p>
      ) : (
        <p role="alert">{problem.value}</p>
      )}
      <progress aria-label="Progress" max={now?.all ?? 1} value={isBusy ? now.done : 1} />
      <button type="button" disabled={!isBusy} onClick={cancel}>
        Stop
      </button>
    </section>
  )
}
