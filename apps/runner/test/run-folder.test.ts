import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeFolder } from '@saliency/study/system'
import { lockRunFolder } from '@saliency/study/node'
import { planStudy } from '@saliency/toolkit'
import { rowsIn, saliency, temporaryFolder } from './project.ts'

/** No process has an identifier that high. */
const NOBODY = 4_194_305

const root = temporaryFolder()
const at = (...names: string[]) => join(root, ...names)

async function draw(path: string, background: string): Promise<void> {
  await sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .png()
    .toFile(path)
}

const run = (out: string, ...args: string[]) =>
  saliency(
    `run --model residual --images ${at('images')} --method guided/guided --check class-sensitivity --out ${at(out)}`
      .split(' ')
      .concat(args),
  )
const report = (out: string) => saliency(['report', at(out)])

/** A copy of the finished run that a test may damage. */
function copyOf(name: string): string {
  cpSync(at('whole'), at(name), { recursive: true })
  return name
}

const unitsOf = (name: string) => readdirSync(at(name, 'units')).filter((file) => file.endsWith('.parquet'))

beforeAll(async () => {
  mkdirSync(at('images'))
  for (let index = 0; index < 10; index++)
    await draw(at('images', `${index}.png`), `hsl(${36 * index}, 80%, 50%)`)
  expect((await run('whole', '--groups', '1')).code).toBe(0)
})

describe('a lock', () => {
  const silent = () => undefined

  it('belongs to one process at a time', async () => {
    const folder = temporaryFolder()
    const release = await lockRunFolder(folder, silent)
    await expect(lockRunFolder(folder, silent)).rejects.toThrow(
      `in use: process ${process.pid} on ${hostname()}`,
    )
    release()
    ;(await lockRunFolder(folder, silent))()
  })

  it.each([
    ['of a process that was killed', `{"pid":${NOBODY},"host":"${hostname()}"}`],
    ['of this id before a restart', `{"pid":${process.pid},"host":"${hostname()}"}`],
    ['that was cut off', '{"pi'],
  ])('is taken over: one %s', async (_, lock) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'run.lock'), lock)
    ;(await lockRunFolder(folder, silent))()
  })

  const away = { pid: 1, host: 'other-container', started: 1 }
  const quick = { beat: 20, silence: 1000 }

  it.each([
    ['on another machine', away],
    ['in another container with the name of this one', { ...away, host: hostname(), space: 'pid:[1]' }],
  ])('of a process that was killed %s is taken over after a silence', async (_, lock) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'run.lock'), JSON.stringify(lock))
    const said: string[] = []
    const release = await lockRunFolder(folder, (text) => void said.push(text), quick)
    expect(said).toEqual([expect.stringContaining(`Process 1 on ${lock.host} has the folder.`)])
    expect(JSON.parse(readFileSync(join(folder, 'run.lock'), 'utf8'))).toMatchObject({ pid: process.pid })
    release()
  })

  it('of a process that works elsewhere, though this thread is blocked, is respected', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'run.lock')
    const release = await lockRunFolder(folder, silent, quick)
    const own = JSON.parse(readFileSync(path, 'utf8')) as object
    // The lock as another machine sees it: the same file, of a process that cannot be asked.
    writeFileSync(path, JSON.stringify({ ...own, host: 'other-container' }))
    const { mtimeMs } = statSync(path)
    const until = performance.now() + 2000
    while (performance.now() < until && statSync(path).mtimeMs === mtimeMs);
    expect(statSync(path).mtimeMs).not.toBe(mtimeMs)
    await expect(lockRunFolder(folder, silent, quick)).rejects.toThrow(
      /in use: process \d+ on other-container/,
    )
    release()
    // It was somebody else's by then.
    expect(statSync(path).isFile()).toBe(true)
  })

  it('of a process whose command was killed is waited for', async () => {
    const folder = temporaryFolder()
    const orphan = spawn('sleep', ['1'])
    const lock = { pid: orphan.pid, host: hostname(), supervisor: NOBODY }
    writeFileSync(join(folder, 'run.lock'), JSON.stringify(lock))
    const said: string[] = []
    const release = await lockRunFolder(folder, (text) => void said.push(text))
    expect(orphan.exitCode).toBe(0)
    expect(said).toEqual([expect.stringContaining(`Waiting for process ${orphan.pid}`)])
    release()
  })
})

describe('a run folder', () => {
  it('without its study.json is refused', async () => {
    rmSync(at(copyOf('nameless'), 'study.json'))
    const { code, error } = await run('nameless')
    expect([code, error]).toEqual([2, expect.stringContaining('holds results, but no study.json')])
  })

  it('is refused where images of the same names show something else', async () => {
    copyOf('repainted')
    const before = readFileSync(at('images', '3.png'))
    await draw(at('images', '3.png'), 'black')
    const { code, error } = await run('repainted')
    writeFileSync(at('images', '3.png'), before)
    expect([code, error]).toEqual([2, expect.stringMatching(/Changed:\n {2}images\.sha256: /)])
  })

  it('is refused where a variant became available', async () => {
    const study = at(copyOf('repaired'), 'study.json')
    const record = JSON.parse(readFileSync(study, 'utf8')) as object
    writeFileSync(study, JSON.stringify({ ...record, unavailable: [{ id: 'bad/v', reason: 'it threw' }] }))
    const { code, error } = await run('repaired')
    expect([code, error]).toEqual([2, expect.stringContaining('unavailable: without bad/v')])
  })

  it('with rows of another run is refused', async () => {
    expect((await run('seeded', '--seed', '2', '--groups', '1')).code).toBe(0)
    const [unit = ''] = unitsOf(copyOf('mixed'))
    cpSync(at('seeded', 'units', unit), at('mixed', 'units', unit))
    const { code, error } = await report('mixed')
    expect([code, error]).toEqual([2, expect.stringMatching(/holds rows of run \w+, but/)])
  })

  it('with a unit that was cut off computes it again', async () => {
    const [unit = ''] = unitsOf(copyOf('cut'))
    truncateSync(at('cut', 'units', unit), 100)
    expect((await run('cut')).code).toBe(0)
    expect(await rowsIn(at('cut'))).toEqual(await rowsIn(at('whole')))
  })

  it('whose description has lost its parts, or holds others, is damaged', async () => {
    const record = JSON.parse(readFileSync(at('whole', 'study.json'), 'utf8')) as Record<string, object>
    const { identity } = record as { identity: { checks: object[]; variants: object[] } }
    const changed = (part: object) => JSON.stringify({ ...record, identity: { ...identity, ...part } })
    const texts = [
      '{"format":1,"identity":{},"units":[]}',
      '[]',
      '{',
      changed({ checks: [{ ...identity.checks[0], title: 7 }] }),
      changed({ checks: [{ ...identity.checks[0], options: { threshold: [] } }] }),
      changed({ variants: identity.variants.map((one) => ({ ...one, references: 'a paper' })) }),
      changed({ images: { name: 'images', count: -1, sha256: '' } }),
      // Sound in itself, but not what the run was made with.
      changed({ seed: 2 }),
      JSON.stringify({ ...record, images: [{ id: 1 }] }),
      JSON.stringify({ ...record, classes: { 0: 'cat' } }),
      JSON.stringify({ ...record, originalConditions: [null] }),
    ]
    copyOf('garbled')
    for (const text of texts) {
      writeFileSync(at('garbled', 'study.json'), text)
      const { code, error } = await report('garbled')
      expect([code, error]).toEqual([2, expect.stringMatching(/study\.json is (damaged|not JSON)/)])
    }
  })

  it('that cannot be made says why, with the path', () => {
    writeFileSync(at('file'), '')
    expect(() => makeFolder(at('file', 'run'))).toThrow(/file.*: a part of the path is a file/)
  })
})

describe('what a run could not do', () => {
  it('is said again by every later run and report', async () => {
    const sound = readFileSync(at('images', '7.png'))
    // The header is there, the pixels are not.
    writeFileSync(at('images', '7.png'), sound.subarray(0, sound.length - 60))
    const runs = [await run('damaged'), await run('damaged'), await report('damaged')]
    writeFileSync(at('images', '7.png'), sound)
    for (const { code, error } of runs)
      expect([code, error]).toEqual([1, expect.stringContaining('7.png is left out')])
    expect(readFileSync(at('damaged', 'report.html'), 'utf8')).toContain('Image 7.png is left out')
  })

  it('is counted by a report of an unfinished run', async () => {
    const [unit = ''] = unitsOf(copyOf('unfinished'))
    rmSync(at('unfinished', 'units', unit))
    const { code, error } = await report('unfinished')
    expect([code, error]).toEqual([1, expect.stringContaining('1 of 2 units are not finished')])
    for (const one of unitsOf('unfinished')) rmSync(at('unfinished', 'units', one))
    const none = await report('unfinished')
    expect([none.code, none.error]).toEqual([2, expect.stringContaining('has no finished unit yet')])
  })

  it('names failed units', async () => {
    const [unit = ''] = unitsOf(copyOf('failed'))
    const id = unit.replace('.parquet', '')
    rmSync(at('failed', 'units', unit))
    writeFileSync(
      at('failed', 'units', `${id}.failed.json`),
      JSON.stringify({ unit: id, reason: 'it was late' }),
    )
    const { code, error } = await report('failed')
    expect([code, error]).toEqual([1, expect.stringContaining(`unit ${id} failed: it was late`)])
    expect(error).not.toContain('not finished')
  })
})

describe('sizes chosen from memory', () => {
  it('are the smallest where there is too little, and that is said', async () => {
    const { error, out } = await run('scarce', '--memory', '1MiB', '--dry-run')
    expect(error).toMatch(/--memory 1MiB is not enough: the smallest batch needs about \d+ MiB/)
    expect(out).toContain('batch 1')
  })

  it('stay when the same memory is asked for again, however much is in use by then', async () => {
    const images = { procedural: 'shapes' as const, count: 10 }
    const wish = { model: 'residual', images, memory: '647MiB', out: at('remembered') }
    const { record, folder } = await planStudy(wish)
    const stored = { ...record, identity: { ...record.identity, batchSize: 3 } }
    makeFolder(folder)
    writeFileSync(join(folder, 'study.json'), JSON.stringify(stored))
    expect((await planStudy(wish)).study.batchSize).toBe(3)
    expect((await planStudy({ ...wish, memory: '100GiB' })).study.batchSize).toBe(8)
  })
})
