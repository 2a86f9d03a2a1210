import { statSync } from 'node:fs'
import type * as DuckDB from '@duckdb/node-api'
import { SaliencyError } from '@saliency/core'
import type { Needs, RowSource, Run } from '@saliency/study'
import {
  decodeNeeds,
  judgingThreads,
  measureOn,
  openJudges,
  parquetOf,
  quoted,
  readSound,
  type RowColumns,
  rowReader,
  rowTexts,
  type TextLists,
  unitFiles,
} from '@saliency/study/node'

/** Bytes of unit files that are read at once: about a million rows. */
const FEW = 12 * 2 ** 20

/** Rows that are read at once, unless one variant has more: 36 bytes each. */
const PORTION = 4_000_000

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

/** All texts of each column, sorted. Rows travel as their numbers: a study has millions of rows, and few texts. */
async function textsIn(connection: Connection): Promise<TextLists> {
  const known: Partial<Record<keyof TextLists, readonly string[]>> = {}
  for (const name of rowTexts) {
    const sql = `select distinct ${name} as one from units where ${name} is not null`
    // Sorted here: DuckDB orders a few letters in another way.
    const found = (await ask<{ one: string }>(connection, sql)).map(({ one }) => one).sort()
    const list = found.length > 0 ? found : ['']
    await connection.run(`create type ${name}_text as enum (${list.map(quoted).join(', ')})`)
    known[name] = list
  }
  return known as TextLists
}

/** Columns with room for so many rows. */
function columnsFor(rows: number): RowColumns {
  return { texts: rowTexts.map(() => new Int32Array(rows)), values: new Float64Array(rows) }
}

/** Rows of some variants of one check, in any order. */
async function readPortion(
  connection: Connection,
  check: string,
  parts: readonly Part[],
): Promise<Map<string, RowColumns>> {
  const codes = rowTexts.map((name) => `coalesce(enum_code(${name}::${name}_text)::integer, -1)`)
  const places = parts.map(({ variant }, at) => `when ${quoted(variant)} then ${at}`)
  const result = await connection.stream(
    `select case variant ${places.join(' ')} end::integer, ${codes.join(', ')}, coalesce(value, 'nan'::double) from units
     where "check" = ${quoted(check)} and variant in (${parts.map(({ variant }) => quoted(variant)).join(', ')})`,
  )
  const found = parts.map(({ rows }) => columnsFor(rows))
  const filled = new Uint32Array(parts.length)
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    const columnOf = (at: number) => chunk!.getColumnValues(at) as number[]
    const parted = columnOf(0)
    // Where each row goes: within its variant one after the other.
    const targets = parted.map((part) => filled[part]!++)
    for (let at = 0; at < rowTexts.length; at++) {
      const codesOf = columnOf(at + 1)
      for (let row = 0; row < parted.length; row++)
        found[parted[row]!]!.texts[at]![targets[row]!] = codesOf[row]!
    }
    const values = columnOf(rowTexts.length + 1)
    for (let row = 0; row < parted.length; row++) found[parted[row]!]!.values[targets[row]!] = values[row]!
  }
  return new Map(parts.map(({ variant }, at) => [variant, found[at]!]))
}

/** What rows need beside the images that they name; asked only where images were lost. */
function needsIn({ lost }: Run, files: readonly string[]): Needs {
  return new Map(lost.size === 0 ? [] : files.flatMap((file) => [...decodeNeeds(readSound(file))]))
}

/** Where a run's rows are read from, until it is closed. */
export interface StoredRows extends RowSource {
  close(): Promise<void>
}

/** How stored rows are read. */
export interface StoredRowsSettings {
  /** Rows that are read at once, unless one variant has more. */
  readonly portion?: number
  /** Threads that judge them; none by default. */
  readonly threads?: number
  /** Modules that threads import checks from, by the check's id. */
  readonly modules?: ReadonlyMap<string, string>
}

/**
 * The rows of a run folder from its unit files, some variants at a time: memory grows with the rows of one variant, and with
 * the threads that judge them.
 * @throws INVALID_RUN if rows are of another run
 */
export async function openStoredRows(
  run: Run,
  files: readonly string[],
  { portion = PORTION, threads = 0, modules = new Map() }: StoredRowsSettings = {},
): Promise<StoredRows> {
  // Loaded only here: DuckDB is large, and must stay on the main thread.
  const duckdb = await import('@duckdb/node-api')
  const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect()
  await connection.run(`set memory_limit = '1GB'`)
  await connection.run(`set preserve_insertion_order = false`)
  await connection.run(`create view units as select * from ${parquetOf(files)}`)
  const { identity } = run.record
  const parts = await partsOf(connection, run)
  const lists = await textsIn(connection)
  const facts = { run: run.record.run, model: identity.model.name, lists, needs: needsIn(run, files) }
  const rowsFrom = rowReader(facts)
  const judges = threads > 0 ? await openJudges(facts, threads) : undefined
  const order = new Map(identity.variants.map(({ id }, at) => [id, at]))
  const place = ({ variant }: Part) => order.get(variant) ?? order.size
  let read = new Map<string, RowColumns>()
  let readOf = ''

  /** The variant that is asked for, and those that follow it in the study as far as there is room. */
  function portionFrom(check: string, variant: string): Part[] {
    const own = parts.filter((part) => part.check === check).sort((a, b) => place(a) - place(b))
    const chosen: Part[] = []
    let rows = 0
    for (const part of own.slice(own.findIndex((one) => one.variant === variant))) {
      rows += part.rows
      if (chosen.length > 0 && rows > portion) break
      chosen.push(part)
    }
    return chosen
  }

  /** Rows of one variant, which are given away. */
  async function columnsOf(check: string, variant: string): Promise<RowColumns> {
    if (readOf !== check || !read.has(variant)) {
      read = new Map()
      read = await readPortion(connection, check, portionFrom(check, variant))
      readOf = check
    }
    const columns = read.get(variant) ?? columnsFor(0)
    read.delete(variant)
    return columns
  }

  return {
    variants: async (check) => parts.filter((part) => part.check === check).map(({ variant }) => variant),
    rows: async (check, variant) => rowsFrom(check, variant, await columnsOf(check, variant)),
    measure(check, requests) {
      const url = modules.get(check.id)
      if (!judges || url === undefined) return undefined
      return measureOn(judges, { ...check, url }, requests, columnsOf)
    },
    async close() {
      await judges?.dispose()
      connection.closeSync()
    },
  }
}

/** Where a large run's rows are read from; nothing for one whose rows are better read at once. */
export async function rowsOfLarge(run: Run, settings: StoredRowsSettings): Promise<StoredRows | undefined> {
  const files = run.store.folder === undefined ? [] : unitFiles(run.store.folder)
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  return bytes > FEW ? openStoredRows(run, files, { threads: judgingThreads(), ...settings }) : undefined
}
