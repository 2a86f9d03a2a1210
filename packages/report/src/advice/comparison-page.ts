import { type Html, html, raw, withInterval } from '../html.ts'
import { style } from '../style.ts'
import type { AxisVerdict } from './axes.ts'
import type { Difference, JudgedRun, RunComparison } from './compare-runs.ts'

function cell({ outcome, value, interval }: AxisVerdict): Html {
  return html`<td>${outcome} <small>${withInterval(value, interval?.[0], interval?.[1])}</small></td>`
}

function row({ variant, axis, before, after, changed, beyondChance }: Difference): Html {
  const said = beyondChance ? 'intervals do not touch' : changed ? 'intervals overlap' : ''
  return html`<tr>
    <th scope="row"><code>${variant}</code></th>
    <td>${axis}</td>
    ${cell(before)}${cell(after)}
    <td>${changed ? html`<strong>changed</strong>` : ''} <small>${said}</small></td>
  </tr>`
}

/** Two judged runs on one HTML page without scripts: what differs between them, and what that changed. */
export function comparisonPage(comparison: RunComparison, before: JudgedRun, after: JudgedRun): string {
  const { differences, settings, onlyBefore, onlyAfter } = comparison
  const changed = differences.filter((one) => one.changed)
  const only = [
    ...onlyBefore.map((id) => `${id} (first run)`),
    ...onlyAfter.map((id) => `${id} (second run)`),
  ]
  const ordered = differences.toSorted(
    (a, b) => Number(b.changed) - Number(a.changed) || Number(b.beyondChance) - Number(a.beyondChance),
  )
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Two studies compared</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <header>
          <h1>What changed from run ${before.record.run} to run ${after.record.run}?</h1>
          <p class="meta">${before.record.identity.model.name} and ${after.record.identity.model.name}</p>
        </header>
        <section>
          <h2>Settings that differ</h2>
          ${
            settings.length === 0
              ? html`<p>None: the runs have the same model, images, engine and versions.</p>`
              : html`<table>
                  <thead>
                    <tr>
                      <th></th>
                      <th>first run</th>
                      <th>second run</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${settings.map(
                      (one) =>
                        html`<tr>
                          <th scope="row">${one.setting}</th>
                          <td>${one.before}</td>
                          <td>${one.after}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>`
          }
          ${only.length === 0 ? '' : html`<p class="caption">Not compared, because one run lacks them: ${only.join(', ')}.</p>`}
        </section>
        <section>
          <h2>Verdicts: ${changed.length} of ${differences.length} changed</h2>
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th>variant</th>
                  <th>axis</th>
                  <th>first run</th>
                  <th>second run</th>
                  <th></th>
                </tr>
              </thead>
              <tbody>
                ${ordered.map(row)}
              </tbody>
            </table>
          </div>
          <p class="caption">
            In brackets: e and its 95 % interval. Where intervals overlap, another verdict may be chance.
          </p>
        </section>
      </body>
    </html>`
  return page.html
}
