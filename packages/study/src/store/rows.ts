import type { Row } from '@saliency/core'

/** The metric of rows that say that something failed. */
export const FAILURE = 'failure'

/** A row with the place it belongs to. */
export interface StudyRow extends Row {
  readonly run: string
  readonly model: string
  readonly check: string
  /** Images that it needs beside the ones it names; a column of no file, but in its metadata. */
  readonly needs?: readonly string[]
}

/** The columns of a unit file, in order; `protocol` is JSON. */
export const rowColumns = [
  'run',
  'model',
  'check',
  'variant',
  'condition',
  'image',
  'other',
  'metric',
  'value',
  'status',
  'note',
  'protocol',
] as const

const texts = new WeakMap<Row['protocol'], string>()

/** A protocol as JSON; thousands of rows share one. */
export function protocolText({ protocol }: StudyRow): string {
  const known = texts.get(protocol)
  if (known !== undefined) return known
  const text = JSON.stringify(protocol)
  texts.set(protocol, text)
  return text
}

const protocols = new Map<string, Row['protocol']>()

/** The protocol that a text says; the same object for the same text. */
export function protocolOf(text: string): Row['protocol'] {
  const protocol = protocols.get(text) ?? (JSON.parse(text) as Row['protocol'])
  protocols.set(text, protocol)
  texts.set(protocol, text)
  return protocol
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** What identifies a row within a run, most significant first. */
export const rowKey = ['check', 'variant', 'condition', 'image', 'other', 'metric', 'protocol'] as const

const keyTexts = rowKey.map((name) =>
  name === 'protocol' ? protocolText : (row: StudyRow) => row[name] ?? '',
)

/** Compares what identifies rows: everything but their values. */
function compareKeys(a: StudyRow, b: StudyRow): number {
  for (const text of keyTexts) {
    const order = compareText(text(a), text(b))
    if (order !== 0) return order
  }
  return 0
}

/** Keys as numbers in the same order, which sort many times faster than texts; nothing where they do not fit into one. */
function keyNumbers(rows: readonly StudyRow[]): Float64Array | undefined {
  const keys = new Float64Array(rows.length)
  let range = 1
  for (const text of keyTexts) {
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

/** Compares rows by their places. */
type Compare = (a: number, b: number) => number

/** The places of rows in the order of their keys, and what that order is. */
function inOrder(rows: readonly StudyRow[]): { order: Uint32Array; compare: Compare } {
  const keys = keyNumbers(rows)
  const compare: Compare = keys
    ? (a, b) => keys[a]! - keys[b]!
    : (a, b) => compareKeys(rows[a] as StudyRow, rows[b] as StudyRow)
  return { order: Uint32Array.from(rows, (_, at) => at).sort(compare), compare }
}

/** Sorts rows by key, so that files do not depend on the order of work. */
export function sortRows(rows: readonly StudyRow[]): StudyRow[] {
  return Array.from(inOrder(rows).order, (at) => rows[at] as StudyRow)
}

/** Sorts rows by key and keeps a row that several units share once: the last of them. */
export function mergeRows(rows: readonly StudyRow[]): StudyRow[] {
  const { order, compare } = inOrder(rows)
  const merged: StudyRow[] = []
  for (const [at, row] of order.entries()) {
    const next = order[at + 1]
    if (next === undefined || compare(row, next) !== 0) merged.push(rows[row] as StudyRow)
  }
  return merged
}
