import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeEach, describe, expect, it } from 'vitest'
import type { StudyRow } from '@saliency/study'
import { encodeRows } from '@saliency/study/node'
import { rowsIn, saliency, temporaryFolder } from './project.ts'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

const row = (image: number, rest: Partial<StudyRow> = {}): StudyRow => ({
  run: 'r',
  model: 'residual',
  check: 'brightness',
  variant: 'guided/gradient',
  condition: 'original',
  image: `shapes/${String(image).padStart(5, '0')}`,
  metric: 'level',
  value: image / 7,
  status: 'ok',
  protocol: { draw: image % 3 },
  ...rest,
})

const none = { id: '', version: '', name: '', sha256: '' }
/** A description with every part that is read. */
const study = {
  format: 1,
  run: 'r',
  created: '',
  engine: '',
  machine: '',
  identity: {
    model: none,
    images: { ...none, count: 0 },
    variants: [],
    checks: [],
    engine: none,
    seed: 1,
    batchSize: 1,
    perSession: 1,
    versions: {},
  },
  units: [],
  images: [],
  unavailable: [],
  skipped: [],
}

/** A run folder with some thousand rows in units of work that share a few. */
function makeRun(name: string, variant = 'guided/gradient', units = 6): string {
  mkdirSync(join(at(name), 'units'), { recursive: true })
  writeFileSync(join(at(name), 'study.json'), JSON.stringify(study))
  for (let unit = 0; unit < units; unit++) {
    const rows = Array.from({ length: 900 }, (_, index) => {
      const image = (index * 7 + unit * 401) % 4000
      return row(image, { variant, ...(image % 2 === 1 && { other: 'baseline/edges' }) })
    })
    const file = `s0000-g${String(unit).padStart(4, '0')}.parquet`
    writeFileSync(join(at(name), 'units', file), encodeRows(rows))
  }
  return at(name)
}

const run = makeRun('run')
const query = async (...args: string[]) => {
  const { code, out, error } = await saliency(['query', ...args])
  expect(error).toBe('')
  expect(code).toBe(0)
  return out
}
const refused = async (...args: string[]) => {
  const { code, error } = await saliency(['query', ...args])
  expect(code).toBe(2)
  expect(error).not.toContain('internal error')
  return error
}

/** What another program finds in a database. */
async function countIn(file: string): Promise<number> {
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  const reader = await connection.runAndReadAll('select count(*) from rows')
  connection.closeSync()
  instance.closeSync()
  return Number(reader.getRows()[0]?.[0])
}

describe('files of a query', () => {
  const secret = at('secret.csv')
  const attempts = [
    `select * from read_csv('${secret}')`,
    `select * from '${secret}'`,
    `select content from read_text('${secret}')`,
    `select * from glob('${at('*')}')`,
    `copy rows to '${at('stolen.csv')}'`,
    `attach '${at('other.duckdb')}' as other`,
    `install httpfs`,
    `set enable_external_access = true`,
  ]

  it('are closed to it', async () => {
    writeFileSync(secret, 'word\nplum\n')
    for (const sql of attempts) {
      const error = await refused(run, sql)
      expect(error, sql).not.toContain('plum')
    }
    expect(await refused(run, attempts[0]!)).toContain('--allow-files')
    expect(await refused(run, attempts[4]!, '--database', at('closed.duckdb'))).toContain('--allow-files')
    expect(existsSync(at('stolen.csv'))).toBe(false)
    expect(existsSync(at('other.duckdb'))).toBe(false)
  })

  it('are open where that is said', async () => {
    writeFileSync(secret, 'word\nplum\n')
    expect(await query(run, attempts[0]!, '--allow-files')).toContain('plum')
    await query(run, `copy (select 1 as one) to '${at('told.csv')}'`, '--allow-files')
    expect(readFileSync(at('told.csv'), 'utf8')).toBe('one\n1\n')
  })

  it('that the command names are written, and written anew', async () => {
    const file = at("named's.csv")
    for (const sql of ['select 1 as n', 'select 2 as n']) await query(run, sql, '--csv', file)
    expect(readFileSync(file, 'utf8')).toBe('n\n2\n')
  })
})

describe('saliency query', () => {
  it('prints numbers as numbers, and texts where a number would not be the same', async () => {
    const sql = `select count(*) as n, sum(1) as total, 9007199254740993::bigint as large, 1.50 as exact,
      [2::bigint] as list, '5' as text, null as nothing, avg(value) as mean from rows`
    const [answer] = JSON.parse(await query(run, sql, '--json')) as Record<string, unknown>[]
    const { length } = await rowsIn(run)
    const expected = { n: length, total: length, large: '9007199254740993', exact: 1.5, list: [2], text: '5' }
    expect(answer).toMatchObject({ ...expected, nothing: null })
    expect(answer?.['mean']).toBeTypeOf('number')
    expect(await query(run, 'select 1234567 as n, 1234567890123::bigint as m')).toMatch(
      /1234567 .*1234567890123 /,
    )
  })

  it('exports all rows sorted by key, each once, in the same bytes every time', async () => {
    await query(run, '--csv', at('first.csv'))
    await query(makeRun('again'), '--csv', at('second.csv'))
    const text = readFileSync(at('first.csv'), 'utf8')
    expect(readFileSync(at('second.csv'), 'utf8')).toBe(text)
    const [head, ...lines] = text.trim().split('\n')
    expect(head).toBe('run,model,check,variant,condition,image,other,metric,value,status,note,protocol')
    const rows = await rowsIn(run)
    expect(lines.map((line) => line.split(',')[5])).toEqual(rows.map(({ image }) => image))
    const printed = JSON.parse(await query(run, '--json')) as { image: string }[]
    expect(printed.map(({ image }) => image)).toEqual(rows.map(({ image }) => image))
  })

  it('exports the result of SQL where there is some', async () => {
    const sql = 'select image from rows limit 2 -- two'
    expect(await query(run, sql, '--csv', at('new/two.csv'), '--parquet', at('new/two.parquet'))).toBe('')
    expect(readFileSync(at('new/two.csv'), 'utf8')).toBe('image\nshapes/00000\nshapes/00001\n')
    expect(existsSync(at('new/two.parquet'))).toBe(true)
  })

  it.each(['e[1]', 'a*', 'a?', "it's", '[ab]'])('reads a folder named %s and no other', async (name) => {
    for (const other of ['e1', 'ab', 'a']) makeRun(`globs/${other}`, 'another/run', 1)
    makeRun(`globs/${name}`, 'this/run', 1)
    const sql = 'select variant, count(*) as n from rows group by all'
    expect(JSON.parse(await query(at(`globs/${name}`), sql, '--json'))).toEqual([
      { variant: 'this/run', n: 900 },
    ])
  })

  it.each(['empty', 'bare'])('says that no unit of a run is finished: %s', async (name) => {
    mkdirSync(at(name), { recursive: true })
    if (name === 'empty') mkdirSync(join(at(name), 'units'), { recursive: true })
    writeFileSync(join(at(name), 'study.json'), JSON.stringify(study))
    const error = await refused(at(name), 'select 1')
    expect(error).toMatch(/no unit is finished: `saliency run`/)
    expect(error).not.toContain('DuckDB')
  })

  it.each([
    'selec\n  image\nfrom rows',
    'select imag from rows',
    'select * from row',
    "select * from read_text('/etc/hosts')",
    "copy rows to 'stolen.csv'",
    "attach 'stolen.db' as db",
    'select * from\n"/etc/hosts"',
    'set enable_external_access = true',
  ])('answers SQL that it refuses in one line: %s', async (sql) => {
    const error = await refused(run, sql)
    expect(error).toMatch(/^error: DuckDB: .+[^ ^]$/)
    expect(existsSync('stolen.csv') || existsSync('stolen.db')).toBe(false)
  })

  it('names a damaged unit file, and what to do', async () => {
    const damaged = makeRun('damaged', 'guided/gradient', 2)
    const file = join(damaged, 'units', 's0000-g0001.parquet')
    writeFileSync(file, readFileSync(file).subarray(0, 500))
    const error = await refused(damaged, 'select avg(value) from rows')
    expect(error).toContain(file)
    expect(error).toContain('delete it')
  })
})

describe('saliency query --database', () => {
  beforeEach(() => void mkdirSync(at('databases/folder'), { recursive: true }))
  const place = (name: string) => at(`databases/${name}`)

  it('holds all rows, and answers the SQL that is given too', async () => {
    const sql = 'select count(*) as n from rows where other is null'
    const found = JSON.parse(await query(run, sql, '--json', '--database', place('study.duckdb'))) as unknown
    const rows = await rowsIn(run)
    expect(found).toEqual([{ n: rows.filter(({ other }) => other === undefined).length }])
    expect(await countIn(place('study.duckdb'))).toBe(rows.length)
  })

  it('replaces a database, and only when the new one is complete', async () => {
    const file = place('replaced.duckdb')
    await query(makeRun('small', 'guided/gradient', 1), '--database', file)
    const before = readFileSync(file)
    expect(await refused(run, 'selec bad', '--database', file)).toContain('selec')
    expect(readFileSync(file).equals(before)).toBe(true)
    await query(run, '--database', file)
    expect(await countIn(file)).toBe((await rowsIn(run)).length)
    expect(readdirSync(at('databases')).filter((name) => name.includes('tmp'))).toEqual([])
  })

  it('leaves any other file as it is, and says so', async () => {
    for (const [name, text] of [
      ['notes.txt', 'precious'],
      ['empty.duckdb', ''],
    ] as const) {
      writeFileSync(place(name), text)
      for (const sql of [[], ['selec bad'], ['select 1']]) {
        const error = await refused(run, ...sql, '--database', place(name))
        expect(error).toContain(place(name))
        expect(error).toMatch(/no DuckDB database/)
      }
      expect(readFileSync(place(name), 'utf8')).toBe(text)
    }
  })

  it('replaces what a link names, not the link', async () => {
    writeFileSync(place('linked.txt'), 'precious')
    symlinkSync(place('linked.txt'), place('link.txt'))
    expect(await refused(run, '--database', place('link.txt'))).toMatch(/no DuckDB database/)
    await query(run, '--database', place('linked.duckdb'))
    symlinkSync(place('linked.duckdb'), place('link.duckdb'))
    await query(makeRun('small', 'guided/gradient', 1), '--database', place('link.duckdb'))
    expect(lstatSync(place('link.duckdb')).isSymbolicLink()).toBe(true)
    expect(await countIn(place('linked.duckdb'))).toBe(900)
  })

  it.each(['--database', '--csv', '--parquet'])('%s takes no folder, and no file as one', async (flag) => {
    writeFileSync(place('file'), '')
    expect(await refused(run, flag, place('file/below'))).toMatch(/file is a file, not a folder/)
    const error = await refused(run, flag, place('folder'))
    expect(error).toContain(`${flag} takes a file`)
    expect(error).toContain(place('folder'))
    expect(readdirSync(place('folder'))).toEqual([])
  })

  it.each(['temp.duckdb', 'system', 'main.db', 'rows.duckdb', 'my rows.db'])(
    'may be named %s',
    async (name) => {
      expect(await query(run, 'select count(*) as n from rows', '--database', place(name))).toContain('n')
      expect(existsSync(place(name))).toBe(true)
    },
  )
})
