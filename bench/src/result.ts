import type { Machine } from './machine.ts'
import type { Row } from './measure.ts'
import { type Sheet, withoutEmptyColumns } from './sheet.ts'

/** What was measured on one network: the content of results/NETWORK.json. */
export interface Result {
  readonly network: string
  readonly image: readonly number[]
  readonly batch: number
  readonly threads: number
  readonly rounds: number
  readonly engine: string
  /** GiB */
  readonly peakMemory: number
  /** Average over the last minute of the measurement: 1 for each of its threads, the rest is other work on the machine. */
  readonly load?: number
  readonly machine: Machine
  readonly rows: readonly Row[]
}

/** The command that measures and writes a result. */
export function commandOf({ network, batch, threads, rounds }: Result): string {
  return `npm run bench -- ${network} --batch ${batch} --threads ${threads} --rounds ${rounds} --write`
}

/** How a result was measured, and what it took altogether. */
export function captionOf({ batch, threads, rounds, engine, peakMemory, load }: Result): string {
  const busy =
    load === undefined
      ? ''
      : `; load of the machine at the end ${load.toFixed(1)}, of which this process makes ${threads}`
  return `Batch ${batch}, threads: ${threads}, median of ${rounds} rounds; ${engine}; peak memory of the process over all rows ${peakMemory.toFixed(1)} GiB${busy}.`
}

/** Forward passes, marked where they are too many. */
function marked(forwards: number, limit: number | undefined, mark: (text: string) => string): string {
  // Adding 0 makes -0 of what is just below it 0.
  const text = (Math.round(forwards * 100) / 100 + 0).toFixed(2)
  return forwards > (limit ?? Infinity) ? mark(text) : text
}

/** The rows of a result; limits where there are some. */
export function sheetOf({ rows }: Result, mark: (text: string) => string): Sheet {
  const head = [
    'work',
    'variants',
    'forwards',
    'in processor time',
    'limit',
    'ms an image',
    'opening, s',
    'first batch, s',
    'peak memory so far, GiB',
  ]
  const cells = ({ limit, ...row }: Row) => [
    row.work,
    String(row.variants),
    marked(row.wallForwards, limit, mark),
    marked(row.cpuForwards, limit, mark),
    limit === undefined ? '' : String(limit),
    row.wallPerImage.toFixed(1),
    row.opening.toFixed(1),
    row.firstBatch.toFixed(1),
    row.peakMemory?.toFixed(2) ?? '',
  ]
  return withoutEmptyColumns({ head, rows: rows.map(cells) })
}
