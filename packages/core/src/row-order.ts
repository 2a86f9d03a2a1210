import type { Row } from './row.ts'

/** A row, perhaps among those of other checks. */
export interface KeyedRow extends Row {
  readonly check?: string
}

/** What identifies a row within a run, most significant first; rows of one check alone need not name it. */
export const rowKey = ['check', 'variant', 'condition', 'image', 'other', 'metric', 'protocol'] as const

const texts = new WeakMap<Row['protocol'], string>()

/** A protocol as JSON, made once: thousands of rows share the object. */
export function protocolText({ protocol }: Pick<Row, 'protocol'>): string {
  const known = texts.get(protocol)
  if (known !== undefined) return known
  const text = JSON.stringify(protocol)
  texts.set(protocol, text)
  return text
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

type TextOf = (row: KeyedRow) => string

/** The texts of a row's key; those of variants sort as the variants are listed, and strangers after them. */
function keyTexts(variants: readonly string[]): TextOf[] {
  const texts = new Map(variants.map((id, place) => [id, String(place).padStart(9, '0')]))
  return rowKey.map((name): TextOf => {
    if (name === 'protocol') return protocolText
    if (name !== 'variant' || texts.size === 0) return (row) => row[name] ?? ''
    return ({ variant }) => texts.get(variant) ?? `:${variant}`
  })
}

type Compare = (a: KeyedRow, b: KeyedRow) => number

function comparing(texts: readonly TextOf[]): Compare {
  return (a, b) => {
    for (const text of texts) {
      const order = compareText(text(a), text(b))
      if (order !== 0) return order
    }
    return 0
  }
}

/** Compares what identifies two rows: everything but their values. */
const compareKeys = comparing(keyTexts([]))

/** Keys as numbers in the same order, which sort many times faster than texts; nothing where they do not fit into one. */
function keyNumbers(rows: readonly KeyedRow[], texts: readonly TextOf[]): Float64Array | undefined {
  const keys = new Float64Array(rows.length)
  let range = 1
  for (const text of texts) {
    const ranks = new Map<string, number>()
    for (const row of rows) ranks.set(text(row), 0)
    const sorted = [...ranks.keys()].sort(compareText)
    for (const [rank, one] of sorted.entries()) ranks.set(one, rank)
    range *= sorted.length
    if (range > Number.MAX_SAFE_INTEGER) return undefined
    for (const [at, row] of rows.entries()) keys[at] = keys[at]! * sorted.length + ranks.get(text(row))!
  }
  return keys
}

/**
 * Sorts rows by {@link rowKey}, so that nothing depends on the order in which they were computed: neither files nor sums,
 * whose last digit moves with it. Rows that are in order cost one pass, and stay the same array.
 * @param variants the order of variants, those that are not listed last; that of their ids by default
 */
export function sortRows<R extends KeyedRow>(
  rows: readonly R[],
  variants: readonly string[] = [],
): readonly R[] {
  const texts = keyTexts(variants)
  const compare = comparing(texts)
  if (rows.every((row, at) => at === 0 || compare(rows[at - 1]!, row) <= 0)) return rows
  const keys = keyNumbers(rows, texts)
  if (!keys) return rows.toSorted(compare)
  const order = Uint32Array.from(rows, (_, at) => at).sort((a, b) => keys[a]! - keys[b]!)
  return Array.from(order, (at) => rows[at]!)
}

/** Sorts rows by {@link rowKey} and keeps one of those that are the same but for their values: the last. */
export function mergeRows<R extends KeyedRow>(rows: readonly R[]): readonly R[] {
  return sortRows(rows).filter((row, at, sorted) => {
    const next = sorted[at + 1]
    return next === undefined || compareKeys(row, next) !== 0
  })
}
