import { type Html, html } from './html.ts'

/**
 * A table that scripts let readers sort, and filter where it is `filterable`; without scripts it is a table as any other.
 * @param rows each a `<tr>` with a cell for each title
 */
export function sortableTable(
  head: readonly string[],
  rows: readonly Html[],
  filterable: 'filterable' | 'as it is',
): Html {
  return html`<div class="${filterable === 'filterable' ? 'scroll filterable' : 'scroll'}">
    <table class="sortable">
      <thead>
        <tr>
          ${head.map((title) => html`<th>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`
}
