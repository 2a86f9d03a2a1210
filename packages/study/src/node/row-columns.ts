import { shapedRow } from '../store/complete-rows.ts'
import type { StudyRow } from '../store/rows.ts'

/** What of the rows of one check and variant is text, in the order in which rows are sorted, then the rest. */
export const rowTexts = ['condition', 'image', 'other', 'metric', 'protocol', 'status', 'note'] as const

/** How many of {@link rowTexts} identify a row. */
const KEY = 5

/** The texts that numbers stand for, each list sorted. */
export type TextLists = Readonly<Record<(typeof rowTexts)[number], readonly string[]>>

/** Rows of one check and variant as numbers, in any order: few texts, and millions of rows. Buffers can change hands. */
export interface RowColumns {
  /** One for each of {@link rowTexts}: the place of a row's text in its list, −1 for none. */
  readonly texts: readonly Int32Array[]
  /** NaN for none. */
  readonly values: Float64Array
}

/** Sorts places by a column, and leaves those alone that are equal there. */
function sortedBy(order: Uint32Array, column: Int32Array): Uint32Array {
  let [least, most] = [0, -1]
  for (const code of column) {
    if (code > most) most = code
    if (code < least) least = code
  }
  const starts = new Uint32Array(most - least + 2)
  for (const code of column) starts[code - least + 1]! += 1
  for (let code = 1; code < starts.length; code++) starts[code]! += starts[code - 1]!
  const sorted = new Uint32Array(order.length)
  for (const place of order) sorted[starts[column[place]! - least]!++] = place
  return sorted
}

/** Places in the order of their rows' keys. */
function inOrder({ texts, values }: RowColumns): Uint32Array {
  let order = Uint32Array.from(values, (_, at) => at)
  for (const column of texts.slice(0, KEY).reverse()) order = sortedBy(order, column) as typeof order
  return order
}

/**
 * Makes rows of columns, sorted by key. Rows with one key are equal, and there once.
 * @param protocols what the texts of protocols mean
 */
export function rowsOfColumns(
  columns: RowColumns,
  lists: TextLists,
  protocols: readonly StudyRow['protocol'][],
  { run, model, check, variant }: Pick<StudyRow, 'run' | 'model' | 'check' | 'variant'>,
): StudyRow[] {
  const { texts, values } = columns
  const [conditions, images, others, metrics, ofProtocol, statuses, notes] = texts as Int32Array[]
  const isRepeated = (a: number, b: number | undefined) =>
    b !== undefined && texts.every((column, at) => at >= KEY || column[a] === column[b])
  const rows: StudyRow[] = []
  const order = inOrder(columns)
  for (const [at, place] of order.entries()) {
    if (isRepeated(place, order[at + 1])) continue
    const value = values[place]!
    // Written out: a spread makes objects of another kind, which take thirty times as long.
    rows.push(
      shapedRow({
        run,
        model,
        check,
        variant,
        condition: lists.condition[conditions![place]!],
        image: lists.image[images![place]!],
        other: lists.other[others![place]!],
        metric: lists.metric[metrics![place]!],
        value: Number.isNaN(value) ? null : value,
        status: lists.status[statuses![place]!] as StudyRow['status'],
        note: lists.note[notes![place]!],
        protocol: protocols[ofProtocol![place]!],
      }),
    )
  }
  return rows
}
