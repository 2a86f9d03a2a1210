import { statSync } from 'node:fs'
import type * as DuckDB from '@duckdb/node-api'
import { SaliencyError } from '@saliency/core'
import { type Needs, restoreNeeds, type RowSource, type Run, shapedRow, type StudyRow } from '@saliency/study'
import { decodeNeeds, parquetOf, quoted, readSound, unitFiles } from '@saliency/study/node'

/** Bytes of unit files that are read at once: about a million rows. */
const FEW = 12 * 2 ** 20

/** Rows that are read at once, unless one variant has more. */
const PORTION = 1_000_000

/** What identifies a row of one check, in the order in which rows are sorted, then what else is text. */
const texts = ['variant', 'condition', 'image', 'other', 'metric', 'protocol', 'status', 'note'] as const
type Text = (typeof texts)[number]

/** How many of them identify a row. */
const KEY = 6

interface Part {
  readonly check: string
  readonly variant: string
  readonly rows: number
}

type Connection = DuckDB.DuckDBConnection

async function ask<T>(connection: Connection, sql: string): Promise<T[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJS() as T[]
}

/** How many rows each check has of each variant. @throws INVALID_RUN if rows are of another run */
async function partsOf(connection: Connection, { store, record }: Run): Promise<Part[]> {
  const sql = `select "check", variant, count(*)::double as rows, max(run) as run, min(run) as least from units group by all`
  const parts = await ask<Part & { run: string; least: string }>(connection, sql)
  const stranger = parts.flatMap(({ run, least }) => [run, least]).find((run) => run !== record.run)
  if (stranger === undefined) return parts
  throw new SaliencyError(
    'INVALID_RUN',
    `${store.name} holds rows of run ${stranger}, but its study is ${record.run}: use another place.`,
  )
}

/**
 * All texts of each column, in the order in which rows are sorted. Rows travel as their numbers: a study has millions of
 * rows, and few texts.
 */
async function textsIn(connection: Connection): Promise<Record<Text, readonly string[]>> {
  const known: Partial<Record<Text, readonly string[]>> = {}
  for (const name of texts) {
    const sql = `select distinct ${name} as one from units where ${name} is not null`
    // Sorted here: DuckDB orders a few letters in another way.
    const found = (await ask<{ one: string }>(connection, sql)).map(({ one }) => one).sort()
    const list = found.length > 0 ? found : ['']
    await connection.run(`create type ${name}_text as enum (${list.map(quoted).join(', ')})`)
    known[name] = list
  }
  return known as Record<Text, readonly string[]>
}

/** Rows of some variants of one check, sorted by key within each. Rows with one key are equal, and there once. */
async function readPortion(
  connection: Connection,
  known: Readonly<Record<Text, readonly string[]>>,
  protocols: readonly StudyRow['protocol'][],
  { run, model, check }: Pick<StudyRow, 'run' | 'model' | 'check'>,
  variants: readonly string[],
): Promise<Map<string, StudyRow[]>> {
  const codes = texts.map((name) => `coalesce(enum_code(${name}::${name}_text)::integer, -1) as ${name}`)
  const result = await connection.stream(
    `select ${codes.join(', ')}, value from units
     where "check" = ${quoted(check)} and variant in (${variants.map(quoted).join(', ')})
     order by 1, 2, 3, 4, 5, 6`,
  )
  const found = new Map<string, StudyRow[]>()
  const last = new Int32Array(KEY).fill(-2)
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    const columns = texts.map((_, at) => chunk!.getColumnValues(at) as number[])
    const [ofVariant, ofCondition, ofImage, ofOther, ofMetric, ofProtocol, ofStatus, ofNote] = columns
    const values = chunk.getColumnValues(texts.length) as (number | null)[]
    for (const [at, value] of values.entries()) {
      const variant = known.variant[ofVariant![at]!] as string
      const rows = found.get(variant) ?? []
      if (rows.length === 0) found.set(variant, rows)
      // Written out: a spread makes objects of another kind, which take thirty times as long.
      const row = shapedRow({
        run,
        model,
        check,
        variant,
        condition: known.condition[ofCondition![at]!],
        image: known.image[ofImage![at]!],
        other: known.other[ofOther![at]!],
        metric: known.metric[ofMetric![at]!],
        value,
        status: known.status[ofStatus![at]!] as StudyRow['status'],
        note: known.note[ofNote![at]!],
        protocol: protocols[ofProtocol![at]!],
      })
      if (repeats(columns, at, last)) rows[rows.length - 1] = row
      else rows.push(row)
    }
  }
  return found
}

/** Whether a row has the key of the one before it, which is kept in `last`. */
function repeats(columns: readonly (readonly number[])[], at: number, last: Int32Array): boolean {
  let isSame = true
  for (let part = 0; part < KEY; part++) {
    const code = columns[part]![at]!
    if (last[part] === code) continue
    last[part] = code
    isSame = false
  }
  return isSame
}

/** What rows need beside the images that they name; asked only where images were lost. */
function needsIn({ lost }: Run, files: readonly string[]): Needs {
  return new Map(lost.size === 0 ? [] : files.flatMap((file) => [...decodeNeeds(readSound(file))]))
}

/**
 * The rows of a run folder from its unit files, some variants at a time: memory grows with the rows of one variant.
 * @param portion rows that are read at once, unless one variant has more
 * @throws INVALID_RUN if rows are of another run
 */
export async function openStoredRows(
  run: Run,
  files: readonly string[],
  portion = PORTION,
): Promise<RowSource> {
  // Loaded only here: DuckDB is large, and must stay on the main thread.
  const duckdb = await import('@duckdb/node-api')
  const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect()
  await connection.run(`set memory_limit = '1GB'`)
  await connection.run(`create view units as select * from ${parquetOf(files)}`)
  const { identity } = run.record
  const parts = await partsOf(connection, run)
  const known = await textsIn(connection)
  const protocols = known.protocol.map((text) => JSON.parse(text) as StudyRow['protocol'])
  const needs = needsIn(run, files)
  const order = new Map(identity.variants.map(({ id }, at) => [id, at]))
  const place = ({ variant }: Part) => order.get(variant) ?? order.size
  let read = new Map<string, StudyRow[]>()
  let readOf = ''

  /** The variant that is asked for, and those that follow it in the study as far as there is room. */
  function portionFrom(check: string, variant: string): string[] {
    const own = parts.filter((part) => part.check === check).sort((a, b) => place(a) - place(b))
    const chosen: string[] = []
    let rows = 0
    for (const part of own.slice(own.findIndex((one) => one.variant === variant))) {
      rows += part.rows
      if (chosen.length > 0 && rows > portion) break
      chosen.push(part.variant)
    }
    return chosen
  }

  return {
    variants: async (check) => parts.filter((part) => part.check === check).map(({ variant }) => variant),
    async rows(check, variant) {
      if (readOf !== check || !read.has(variant)) {
        const place = { run: run.record.run, model: identity.model.name, check }
        read = new Map()
        read = await readPortion(connection, known, protocols, place, portionFrom(check, variant))
        readOf = check
      }
      const rows = read.get(variant) ?? []
      read.delete(variant)
      return restoreNeeds(rows, needs)
    },
  }
}

/** Where a large run's rows are read from; nothing for one whose rows are better read at once. */
export async function rowsOfLarge(run: Run): Promise<RowSource | undefined> {
  const files = run.store.folder === undefined ? [] : unitFiles(run.store.folder)
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  return bytes > FEW ? openStoredRows(run, files) : undefined
}
