import { counted } from '@saliency/core'
import type { AxisVerdict } from '../protocol.ts'
import { judge, saveArrays, saveExplained, saveReport, saveRun } from '../state/judging.ts'
import { given, shownMethods } from '../state/state.ts'
import { judged, judgedCount } from '../state/verdict.ts'

const counts = [1, 8, 32, 104]

const two = (value: number | null | undefined) =>
  value === null || value === undefined ? '–' : value.toFixed(2).replace('-', '−')

function Cell({ verdict }: { readonly verdict: AxisVerdict | null }) {
  if (!verdict) return <td>–</td>
  const { outcome, value, interval, same, chance, notes } = verdict
  return (
    <td title={notes.join('; ')}>
      <strong class={`outcome ${(outcome ?? '').replaceAll(' ', '-')}`}>
        {outcome ?? 'shown, not judged'}
      </strong>
      <br />
      <span class="number">
        {two(value)} {interval && `[${two(interval[0])}, ${two(interval[1])}]`} · {two(same)} · chance{' '}
        {two(chance)}
      </span>
    </td>
  )
}

function Table() {
  const found = judged.value
  if (!found) return null
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Verdicts">
      <table>
        <caption>
          Verdicts on {counted(found.images, 'picture')}: what survives the change, with its 95 % interval,
          similarity, and chance level.
        </caption>
        <thead>
          <tr>
            <th scope="col">Variant</th>
            {found.checks.map(({ title }) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.rows.map(({ variant, handling, verdicts }) => (
            <tr key={variant} data-row={variant}>
              <th scope="row">
                {variant} <small>{handling}</small>
              </th>
              {verdicts.map((verdict) => (
                <Cell verdict={verdict} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The verdict, which needs many pictures, and what can be taken away. */
export function Verdict() {
  const hasNone = shownMethods.value.size === 0
  return (
    <details class="verdict">
      <summary>The verdict, on many pictures</summary>
      <p class="note">
        One picture decides nothing. The study runs here, in this page, as the command{' '}
        <code>saliency run</code> runs it: both axes, with five draws of random weights.{' '}
        {given.value.length > 0
          ? `Your ${counted(given.value.length, 'picture')} come first, the page's own fill up.`
          : "The pictures are the page's own."}
      </p>
      <div class="choices">
        <label>
          Pictures{' '}
          <select
            value={judgedCount.value}
            onChange={({ currentTarget }) => (judgedCount.value = Number(currentTarget.value))}
          >
            {counts.map((count) => (
              <option value={count}>{count}</option>
            ))}
          </select>
        </label>
        <button type="button" disabled={hasNone} onClick={() => void judge()}>
          Judge the methods shown
        </button>
        <button type="button" disabled={!judged.value} onClick={() => void saveReport()}>
          Save report (HTML)
        </button>
        <button type="button" disabled={!judged.value} onClick={() => void saveRun()}>
          Save run (JSON)
        </button>
        <button type="button" disabled={hasNone} onClick={() => void saveArrays()}>
          Save maps (.npz)
        </button>
        <button type="button" disabled={hasNone} onClick={() => void saveExplained()}>
          Save network with its maps (ONNX)
        </button>
      </div>
      <Table />
    </details>
  )
}
