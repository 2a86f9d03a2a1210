import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { projectWith, rowsIn, saliency, temporaryFolder } from './project.ts'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

/** A small study: two axes, a few weight states, three groups of which the last is not full. */
const config = {
  model: 'residual',
  images: { procedural: 'shapes', count: 19 },
  methods: ['guided/gradient', 'guided/guided', 'baseline/random', 'rainbow'],
  checks: [
    ['class-sensitivity', { similarities: 'spearman' }],
    ['parameter-randomization', { similarities: 'spearman', draws: 2, steps: 1 }],
    ['brightness', {}],
  ],
  groups: 2,
}
const root = projectWith(['method-rainbow', 'check-brightness'])
writeFileSync(join(root, 'saliency.config.json'), JSON.stringify(config))
const run = (out: string, ...args: string[]) => saliency(['run', '--root', root, '--out', at(out), ...args])

/** A signal that goes off when a unit file appears. */
function stopAfterFirstUnit(out: string): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController()
  const timer = setInterval(() => {
    try {
      if (readdirSync(join(at(out), 'units')).some((name) => name.endsWith('.parquet'))) controller.abort()
    } catch {
      // The folder is not there yet.
    }
  }, 5)
  return { signal: controller.signal, stop: () => clearInterval(timer) }
}

describe('saliency run', () => {
  it('plans, computes, judges and reports', async () => {
    const { code, out } = await run('whole')
    expect(code).toBe(0)
    expect(out).toContain('report.html')
    for (const variant of config.methods.slice(0, 3)) expect(out).toContain(variant)
    const files = readdirSync(at('whole'))
    expect(files.toSorted()).toEqual([
      'machines.jsonl',
      'maps',
      'pictures',
      'report.html',
      'study.json',
      'summary.json',
      'units',
    ])
    expect(readdirSync(join(at('whole'), 'units')).every((name) => /^s\d+-g\d+\.parquet$/.test(name))).toBe(
      true,
    )
    const rows = await rowsIn(at('whole'))
    const same = rows.filter(
      (row) =>
        row.check === 'class-sensitivity' && row.variant === 'guided/gradient' && row.other === undefined,
    )
    expect(new Set(same.map((row) => row.image)).size).toBe(19)
    expect(rows.filter(({ check }) => check === 'brightness')).toHaveLength(19 * 4)
  })

  it("draws the figures that a third party's check declares", () => {
    const report = readFileSync(join(at('whole'), 'report.html'), 'utf8')
    const declared = [
      ['Brightness, image by image', 'A line of a third party.', 'images of a third party'],
      ['Brightness of all', 'A forest of a third party.', 'the label of a point'],
      ['Brightness by brightness', 'A matrix of a third party.', 'the name of a row'],
    ]
    for (const [title, caption, text] of declared) {
      const [, svg = '', rest = ''] =
        new RegExp(`aria-label="${title}"(.*?)</svg>(.*?)</figure>`, 's').exec(report) ?? []
      expect(svg, title).toContain(text)
      expect(rest, title).toContain(caption)
    }
  })

  it("contrasts a third party's method with its declared counterpart", async () => {
    const { checks } = JSON.parse(readFileSync(join(at('whole'), 'summary.json'), 'utf8')) as {
      checks: { findings: { variant: string; metric: string; counterpart?: string }[] }[]
    }
    const contrast = checks[0]?.findings.find(
      ({ variant, metric }) => variant === 'rainbow/positive' && metric === 'retained-dependence',
    )
    expect(contrast?.counterpart).toBe('guided/gradient')
  })

  it('goes on after an interruption and ends with the rows of an unbroken run', async () => {
    const { signal, stop } = stopAfterFirstUnit('broken')
    const first = await saliency(['run', '--root', root, '--out', at('broken')], signal)
    stop()
    expect(first.code).toBe(130)
    expect(first.error).toContain('goes on where it stopped')
    const units = join(at('broken'), 'units')
    const done = readdirSync(units).filter((name) => name.endsWith('.parquet'))
    expect(done.length).toBeGreaterThan(0)
    const times = done.map((name) => statSync(join(units, name)).mtimeMs)
    expect((await run('broken')).code).toBe(0)
    expect(done.map((name) => statSync(join(units, name)).mtimeMs)).toEqual(times)
    expect(await rowsIn(at('broken'))).toEqual(await rowsIn(at('whole')))
  })

  it('computes a missing unit again, the same', async () => {
    const before = await rowsIn(at('broken'))
    rmSync(join(at('broken'), 'units', readdirSync(join(at('broken'), 'units'))[1] as string))
    expect((await run('broken')).code).toBe(0)
    expect(await rowsIn(at('broken'))).toEqual(before)
  })

  it('does nothing where everything is finished', async () => {
    const { code, error } = await run('whole')
    expect(code).toBe(0)
    expect(error).toContain('Every unit is finished already.')
  })

  it('refuses another study in the same folder and says what changed', async () => {
    const { code, error } = await run('whole', '--seed', '2')
    expect(code).toBe(2)
    expect(error).toMatch(/holds another study/)
    expect(error).toMatch(/seed: 1 → 2/)
  })

  it('refuses a folder in which another process works, and names it', async () => {
    const lock = join(at('whole'), 'run.lock')
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, host: hostname() }))
    const { code, error } = await run('whole')
    expect(code).toBe(2)
    expect(error).toContain(`in use: process ${process.ppid}`)
    rmSync(lock)
    expect((await run('whole')).code).toBe(0)
  })

  it('says what everything beside the engine cost', async () => {
    const { out } = await run('timed', '--limit', '8', '--json')
    const { seconds } = JSON.parse(out) as { seconds: Record<string, number> }
    expect(seconds['all']).toBeGreaterThan(seconds['engine'] as number)
    expect(seconds['overhead']).toBeCloseTo(
      ((seconds['all'] as number) - seconds['engine']!) / seconds['engine']!,
    )
    expect(seconds['threads']).toBeGreaterThan(0)
  })

  it('prints units, sessions and memory without running', async () => {
    const { code, out } = await run('dry', '--dry-run')
    expect(code).toBe(0)
    for (const text of [/6 units/, /Sessions: 3/, /Memory: batch 8/]) expect(out).toMatch(text)
    expect(readdirSync(folder)).not.toContain('dry')
  })

  it('leaves out an unreadable image, names it, and says so by exit code 1', async () => {
    mkdirSync(join(root, 'photos', 'square'), { recursive: true })
    for (const index of [0, 1, 2]) {
      const image = sharp({
        create: { width: 64, height: 64, channels: 3, background: { r: 80 * index, g: 99, b: 10 } },
      })
      await image.png().toFile(join(root, 'photos', 'square', `${index}.png`))
    }
    writeFileSync(join(root, 'photos', 'square', 'broken.png'), 'no image')
    const photos = { ...config, images: 'photos', methods: ['guided/gradient'], checks: [['brightness', {}]] }
    writeFileSync(join(root, 'photos.json'), JSON.stringify(photos))
    const { code, error } = await saliency(['run', 'photos.json', '--root', root, '--out', at('photos')])
    expect(code).toBe(1)
    expect(error).toContain('square/broken.png is left out')
    expect(await rowsIn(at('photos'))).toHaveLength(3)
    expect(readFileSync(join(at('photos'), 'report.html'), 'utf8')).toContain('square/broken.png')
  })

  it('records a variant that fails and goes on with the rest', async () => {
    const failing = {
      ...config,
      limit: 8,
      methods: ['guided/gradient', 'guided/guided'],
      checks: [['brightness', { refuses: 'guided/guided' }]],
    }
    writeFileSync(join(root, 'failing.json'), JSON.stringify(failing))
    const { code, out } = await saliency(['run', 'failing.json', '--root', root, '--out', at('failing')])
    expect(code).toBe(1)
    expect(out).toContain('guided/guided is refused')
    const rows = await rowsIn(at('failing'))
    expect(
      rows.filter(({ variant, status }) => variant === 'guided/gradient' && status === 'ok'),
    ).toHaveLength(8)
    expect(rows.find(({ variant }) => variant === 'guided/guided')).toMatchObject({ status: 'failed' })
  })
})

describe('saliency report', () => {
  it('judges anew from stored rows, with another threshold', async () => {
    const outcomes = async (...args: string[]) => {
      const { out } = await saliency(['report', at('whole'), '--root', root, '--json', ...args])
      const { checks } = JSON.parse(out) as {
        checks: {
          findings: {
            variant: string
            metric: string
            outcome?: string
            thresholds?: { threshold: number }[]
          }[]
        }[]
      }
      return checks.flatMap(({ findings }) => findings.filter(({ metric }) => metric === 'verdict'))
    }
    const normal = await outcomes()
    const strict = await outcomes('--threshold', '0.01')
    expect(normal.find(({ variant }) => variant === 'guided/gradient')?.outcome).toBe('depends')
    expect(strict).not.toEqual(normal)
    expect(strict[0]?.thresholds?.map(({ threshold }) => threshold)).toEqual([0.01, 0.4, 0.6])
  })
})

describe('saliency query', () => {
  it('answers SQL over the unit files, and writes CSV, Parquet and a database', async () => {
    const { code, out } = await saliency([
      'query',
      at('whole'),
      'select variant, count(*) as n from rows where "check" = \'brightness\' group by variant order by variant',
      '--json',
    ])
    expect(code).toBe(0)
    expect(
      (JSON.parse(out) as { variant: string; n: number }[]).map(({ variant, n }) => [variant, n]),
    ).toEqual(config.methods.map((id) => [id === 'rainbow' ? 'rainbow/positive' : id, 19]).toSorted())
    await saliency([
      'query',
      at('whole'),
      '--csv',
      at('rows.csv'),
      '--parquet',
      at('rows.parquet'),
      '--database',
      at('rows.duckdb'),
    ])
    const lines = readFileSync(at('rows.csv'), 'utf8').trim().split('\n')
    expect(lines).toHaveLength((await rowsIn(at('whole'))).length + 1)
    expect(statSync(at('rows.parquet')).size).toBeGreaterThan(1000)
    expect(statSync(at('rows.duckdb')).size).toBeGreaterThan(1000)
    const bad = await saliency(['query', at('whole'), 'selekt 1'])
    expect(bad.code).toBe(2)
    expect(bad.error).toContain('DuckDB')
  })
})
