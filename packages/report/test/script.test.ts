import { parseHTML } from 'linkedom'
import { beforeEach, expect, it } from 'vitest'
import { script } from '../src/script.ts'

const rows = [
  ['lrp/epsilon', '−.50 [−.60, −.40]', 'depends'],
  ['lrp/z-plus', '.80', 'does not depend'],
  ['guided/guided', '–', 'undefined'],
  ['guided/gradient', '.07 [.05, .09]', 'depends'],
]

let document: Document

/** A page with one fold of each outcome below a table of nine rows. */
beforeEach(() => {
  const row = (cells: readonly string[]) => `<tr>${cells.map((text) => `<td>${text}</td>`).join('')}</tr>`
  const table = (body: readonly string[][]) =>
    `<table class="sortable"><thead><tr><th>variant</th><th>value</th><th>outcome</th></tr></thead><tbody>${body.map(row).join('')}</tbody></table>`
  const more = Array.from({ length: 5 }, (_, at) => [`other/${at}`, `${at + 2}`, 'static'])
  const page = parseHTML(
    `<html><body><div class="filterable">${table(rows)}<details>${table(more)}</details></div><figure data-name="F"><svg></svg></figure></body></html>`,
  )
  document = page.document
  new Function('document', 'addEventListener', script)(document, () => {})
})

const first = () => document.querySelector('table') as Element
const column = (table: Element, at: number) =>
  Array.from(table.querySelectorAll('tbody tr')).map((row) => row.children[at]?.textContent)

function type(text: string): void {
  const input = document.querySelector('input') as HTMLInputElement
  input.value = text
  input.dispatchEvent(new (document.defaultView as unknown as { Event: typeof Event }).Event('input'))
}

it('sorts by numbers with a minus of typographers, and leaves dashes at the end both ways', () => {
  const button = first().querySelectorAll('th button')[1] as HTMLElement
  button.click()
  expect(column(first(), 0)).toEqual(['lrp/epsilon', 'guided/gradient', 'lrp/z-plus', 'guided/guided'])
  button.click()
  expect(column(first(), 0)).toEqual(['lrp/z-plus', 'guided/gradient', 'lrp/epsilon', 'guided/guided'])
  expect(button.parentElement?.getAttribute('aria-sort')).toBe('descending')
})

it('sorts by words', () => {
  const button = first().querySelectorAll('th button')[2] as HTMLElement
  button.click()
  expect(column(first(), 2)).toEqual(['depends', 'depends', 'does not depend', 'undefined'])
})

it('filters rows by every word, and opens the folds that have some', () => {
  const fold = document.querySelector('details') as HTMLDetailsElement
  type('lrp depend')
  const shown = Array.from(document.querySelectorAll<HTMLElement>('tbody tr')).filter(({ hidden }) => !hidden)
  expect(shown.map((row) => row.children[0]?.textContent)).toEqual(['lrp/epsilon', 'lrp/z-plus'])
  expect(document.querySelector('output')?.textContent).toBe('2 of 9')
  expect(fold.hidden).toBe(true)
  type('static')
  expect([fold.hidden, fold.open]).toEqual([false, true])
  type('')
  expect([fold.hidden, fold.open]).toEqual([false, false])
})

it('offers each figure as SVG and PNG', () => {
  expect(Array.from(document.querySelectorAll('figure button')).map((one) => one.textContent)).toEqual([
    'SVG',
    'PNG',
  ])
})
