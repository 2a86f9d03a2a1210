import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { beginRun, type PlannedUnit, type StudyRow } from '@saliency/study'
import { encodeRows, folderStore, quoted, seal, unsealed } from '@saliency/study/node'
import { planStudy, type PlannedStudy } from '@saliency/toolkit'
import { GROUP, rowsOfGroup } from './drawn-rows.ts'

/** A study by both axes and all similarities, on so many images of the demo network. */
function plan(folder: string, count: number, method: string): Promise<PlannedStudy> {
  const images = { procedural: 'shapes', count } as const
  return planStudy({ preset: 'study', model: 'residual', images, methods: [method], out: folder })
}

/** Columns that are the same in every unit of a weight state. */
const texts = ['model', 'check', 'variant', 'condition', 'metric', 'status', 'note', 'protocol'].map(
  (name) => `"${name}"`,
)

/**
 * Makes a table of the rows of one weight state, for as many groups as a unit has and in the order in which rows are sorted:
 * within those of one variant and condition, groups follow each other. Texts are numbers, which DuckDB writes faster.
 */
async function makeTemplate(
  connection: DuckDBConnection,
  state: number,
  rows: readonly StudyRow[],
  perUnit: number,
  file: string,
): Promise<void> {
  writeFileSync(file, encodeRows(rows))
  await connection.run(`create or replace table one as select * from read_parquet(${quoted(file)})`)
  const types: string[] = []
  for (const [at, name] of texts.entries()) {
    const type = `text_${state}_${at}`
    const found = `select distinct ${name} from one where ${name} is not null order by 1`
    await connection.run(`create type ${type} as enum (${found})`)
    types.push(`${name}::${type} as ${name}`)
  }
  await connection.run(`
    create table template_${state} as
    select ${types.join(', ')}, image, other, value, g.at from
      (select *, dense_rank() over (order by "check", variant, condition) as alike, row_number() over () as place from one) t
      cross join (select unnest(range(${perUnit})) as at) g
    order by t.alike, g.at, t.place`)
  rmSync(file)
}

/** Rows of one unit: those of the template with the names of the unit's images and groups, and values a little off. */
function unitRows(run: string, { state, from, to }: PlannedUnit): string {
  const nameOf = (column: string, place: string) =>
    `coalesce(${place}.id, case when ${column} is null then null else 'group ' || (t.at + ${from}) end)`
  const own = [
    `${quoted(run)} as run`,
    ...texts.slice(0, 4),
    `${nameOf('t.image', 'i')} as image`,
    `${nameOf('t.other', 'o')} as other`,
    'metric',
    `value * (1 - ((t.at + ${from}) * 7919 % 101) / 2000) as value`,
    ...texts.slice(5),
  ]
  return `
    select ${own.join(', ')} from template_${state} t
    left join names i on i.name = t.image and i."group" = t.at + ${from}
    left join names o on o.name = t.other and o."group" = t.at + ${from}
    where t.at < ${to - from}`
}

/**
 * Writes a run folder with rows of drawn maps instead of a network's: for measuring how many rows can be judged. DuckDB writes
 * the unit files, which takes a tenth of the runner's own time; they are sorted and sealed as the runner's are.
 * @param folder an empty one
 * @param wanted rows; a little more are written, so that groups are whole
 * @param method whose variants are studied; `all` for every one
 * @param say is told how many units are written
 */
export async function writeSyntheticRun(
  folder: string,
  wanted: number,
  method: string,
  say: (done: number, all: number) => void,
): Promise<void> {
  const small = await plan(folder, GROUP, method)
  const states = await rowsOfGroup(small)
  const perGroup = states.reduce((sum, rows) => sum + rows.length, 0)
  const groups = Math.ceil(wanted / perGroup)
  const { record } = await plan(folder, GROUP * groups, method)
  await beginRun(folderStore(folder), record)
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  // With one thread rows stay in order.
  await connection.run('set threads = 1')
  const [{ from = 0, to = 1 } = {}] = record.units
  for (const [state, rows] of states.entries())
    await makeTemplate(connection, state, rows, to - from, join(folder, 'template.parquet'))
  const names = small.record.images.map(({ id }) => id)
  const all = record.images.map(
    ({ id }, at) => `(${quoted(names[at % GROUP]!)}, ${quoted(id)}, ${Math.floor(at / GROUP)})`,
  )
  await connection.run(`create table names (name text, id text, "group" integer)`)
  await connection.run(`insert into names values ${all.join(', ')}`)
  mkdirSync(join(folder, 'units'), { recursive: true })
  for (const [done, unit] of record.units.entries()) {
    const file = join(folder, 'units', `${unit.id}.parquet`)
    const metadata = `kv_metadata {${quoted(unsealed.key)}: ${quoted(unsealed.value)}}`
    await connection.run(
      `copy (${unitRows(record.run, unit)}) to ${quoted(file)} (format parquet, ${metadata})`,
    )
    writeFileSync(file, seal(readFileSync(file)))
    say(done + 1, record.units.length)
  }
  connection.closeSync()
}
