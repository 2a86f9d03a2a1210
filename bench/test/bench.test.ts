import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { fitLine } from '../src/linear-fit.ts'
import { captionOf, commandOf, type Result, sheetOf } from '../src/result.ts'
import { inMarkdown, inTerminal } from '../src/sheet.ts'

const folder = join(import.meta.dirname, '..')

/** Runs one of the measurements as its script does, less the build. */
async function run(script: string, ...args: string[]) {
  const flags = ['--conditions=@saliency/source', '--import', 'jiti/register', `src/${script}.ts`]
  const child = spawn(process.execPath, [...flags, ...args], { cwd: folder })
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { status, stdout, stderr }
}

/** Everything that is kept. */
function kept(): string[] {
  const results = readdirSync(join(folder, 'results')).map((name) => join(folder, 'results', name))
  return [...results, join(folder, '../docs/benchmarks.md')].map((file) => readFileSync(file, 'utf8'))
}

const stored = (network: string) =>
  JSON.parse(readFileSync(join(folder, 'results', `${network}.json`), 'utf8')) as Result

describe('bench', () => {
  it(
    'prints a table with milliseconds and peak memory, and keeps nothing unasked',
    { timeout: 120_000 },
    async () => {
      const before = kept()
      const { status, stdout } = await run('main', 'residual', '--rounds', '1', '--only', 'LRP epsilon')
      expect(status).toBe(0)
      expect(stdout).toContain('residual, 3×64×64')
      expect(stdout).toMatch(/│ work +│ variants │ forwards │ in processor time │ ms an image/)
      expect(stdout).toMatch(/│ peak memory so far, GiB │/)
      expect(stdout).toMatch(/│ LRP epsilon-plus +│ 1 +│ +-?\d/)
      expect(stdout).toMatch(/peak memory of the process over all rows \d+\.\d GiB/)
      expect(stdout).not.toMatch(/NaN|undefined|limit/)
      expect(kept()).toEqual(before)
    },
  )

  it('prints nothing but JSON where that is asked for', { timeout: 120_000 }, async () => {
    const { status, stdout } = await run(
      'main',
      'residual',
      '--rounds',
      '1',
      '--only',
      'LRP epsilon-plus',
      '--json',
    )
    expect(status).toBe(0)
    const [result] = JSON.parse(stdout) as Result[]
    expect(result).toMatchObject({ network: 'residual', batch: 8, rounds: 1, threads: 2 })
    expect(result?.peakMemory).toBeGreaterThan(0)
    expect(result?.rows.map(({ work }) => work)).toEqual(['LRP epsilon-plus'])
    expect(result?.rows[0]?.wallPerImage).toBeGreaterThan(0)
    expect(result?.rows[0]).not.toHaveProperty('limit')
  })

  it.concurrent.each([
    ['main', ['--rounds', '0'], /--rounds.*at least 1/],
    ['main', ['--rounds', 'abc'], /--rounds.*abc/],
    ['main', ['--batch', 'x'], /--batch.*'x'/],
    ['main', ['--threads', '1.5'], /--threads/],
    ['main', ['residul'], /residul.*vgg16, resnet50, mobilenet-v2, residual, vgg/],
    ['main', ['--only', 'nonsense'], /--only.*nonsense.*LRP epsilon/],
    ['main', ['--only', 'LRP', '--write'], /--write.*--only/],
    ['main', ['--nonsense'], /--nonsense/],
    ['engines', ['--rounds', 'abc'], /--rounds.*abc/],
    ['engines', ['nonsense'], /nonsense.*vgg16/],
    ['linearity', ['--rounds', '0'], /--rounds.*at least 1/],
    ['judge', ['--rows', 'many'], /--rows.*many.*1.2e6/],
  ] as const)('%s %j is one line and exit code 2', async (script, args, says) => {
    const { status, stdout, stderr } = await run(script, ...args)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(says)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

it('a run of drawn rows is judged, and its rows are counted', { timeout: 240_000 }, async () => {
  const { status, stdout, stderr } = await run('judge', '--rows', '1', '--method', 'guided')
  expect([status, stderr]).toEqual([0, ''])
  // One group of images: what every variant gives under every weight state.
  expect(stdout).toMatch(/│ \d+,\d{3} +│ 8 +│ \d+ +│ 41 +│ 41 +│ +\d+\.\d +│/)
})

describe('tables', () => {
  it('have limits where they apply, and mark what exceeds them', () => {
    const vgg16 = stored('vgg16')
    const [first, ...rest] = vgg16.rows
    const slow = {
      ...vgg16,
      rows: [{ ...first!, wallForwards: 2.75, cpuForwards: 2.1, limit: 2.25 }, ...rest],
    }
    const page = inMarkdown(sheetOf(slow, (text) => `**${text}**`))
    expect(page).toMatch(/^\| work \| variants \| forwards \| in processor time \| limit \|/)
    expect(page).toContain('| gradient | 1 | **2.75** | 2.10 | 2.25 |')
    expect(inTerminal(sheetOf(slow, (text) => `${text} (too many)`))).toContain('2.75 (too many)')
    expect(sheetOf(stored('residual'), String).head).not.toContain('limit')
  })

  it('stand in the page below the command that writes them', () => {
    const page = readFileSync(join(folder, '../docs/benchmarks.md'), 'utf8')
    for (const network of ['vgg16', 'resnet50', 'mobilenet-v2', 'residual', 'vgg']) {
      const result = stored(network)
      expect(commandOf(result)).toMatch(/ --write$/)
      const table = inMarkdown(sheetOf(result, (text) => `**${text}**`))
      const { cpu, cores, memory, system, node } = result.machine
      const machine = `Measured on: ${cpu}, ${cores} cores, ${memory} GiB, ${system}, Node ${node}.`
      expect(page).toContain(`\`${commandOf(result)}\`\n\n${captionOf(result)} ${machine}\n\n${table}\n`)
    }
    for (const name of ['peers.md', 'engines.md', 'linearity.md'])
      expect(page).toContain(readFileSync(join(folder, 'results', name), 'utf8'))
  })
})

describe('linearity', () => {
  it('is 1 for a line, and says so for a parabola', () => {
    const line = fitLine([2, 4, 6], [3, 5, 7])
    expect(line.slopeRatio).toBeCloseTo(1)
    expect(line.rSquared).toBeCloseTo(1)
    // Times 1, 4, 9: the line 4 t − 10 / 3 leaves 2 / 3 of a variance of 98 / 3.
    const parabola = fitLine([1, 2, 3], [1, 4, 9])
    expect(parabola.slopeRatio).toBeCloseTo(5 / 3)
    expect(parabola.rSquared).toBeCloseTo(1 - 2 / 98)
  })

  it('is shown for images, methods, steps and draws, at three points each', () => {
    const page = readFileSync(join(folder, 'results/linearity.md'), 'utf8')
    for (const name of ['images', 'methods', 'steps', 'draws'])
      expect(page).toMatch(
        new RegExp(`^\\| ${name} \\| \\d+, \\d+, \\d+ \\| [\\d.]+, [\\d.]+, [\\d.]+ \\|`, 'm'),
      )
    expect(page).toContain('R²')
  })
})
