import { spawn } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createRandom } from '@saliency/core'
import { resolve } from 'import-meta-resolve'
import { describe, expect, it } from 'vitest'
import { readAllRows } from '../src/study/rows.ts'
import { temporaryFolder } from './project.ts'

const runner = join(dirname(fileURLToPath(import.meta.url)), '..')
const jiti = resolve('jiti/register', pathToFileURL(join(runner, 'package.json')).href)
/** Twenty by hand (SALIENCY_KILLS=20), fewer in every run of the tests. */
const kills = Number(process.env['SALIENCY_KILLS'] ?? 3)

const folder = temporaryFolder()
const config = {
  model: 'residual',
  images: { procedural: 'shapes', count: 24 },
  methods: ['guided', 'baseline/random'],
  checks: [
    ['class-sensitivity', { similarities: 'spearman' }],
    ['parameter-randomization', { similarities: 'spearman', draws: 3, steps: 2 }],
  ],
  groups: 1,
}
writeFileSync(join(folder, 'config.json'), JSON.stringify(config))

function start(out: string) {
  const args = [
    '--conditions=@saliency/source',
    '--import',
    jiti,
    join(runner, 'src/cli.ts'),
    'run',
    'config.json',
    '--root',
    folder,
    '--out',
    out,
  ]
  return spawn(process.execPath, args, { stdio: 'ignore' })
}

const ended = (child: ReturnType<typeof start>) =>
  new Promise<number | null>((done) => void child.once('exit', done))
const sleep = (milliseconds: number) => new Promise((done) => void setTimeout(done, milliseconds))

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5)
}

function finishedUnits(out: string): string[] {
  const units = join(folder, out, 'units')
  return existsSync(units)
    ? readdirSync(units)
        .filter((name) => name.endsWith('.parquet'))
        .toSorted()
    : []
}

describe('a run that is killed', () => {
  it(
    `${kills} times at random moments ends with the rows of an unbroken run`,
    { timeout: 60_000 + kills * 30_000 },
    async () => {
      expect(await ended(start('whole'))).toBe(0)
      const random = createRandom('kill', kills)
      let before: string[] = []
      for (let kill = 0; kill < kills; kill++) {
        const child = start('killed')
        const exit = ended(child)
        // Counted from the moment the run folder is open, so that every kill falls into the work.
        await until(() => existsSync(join(folder, 'killed', 'study.json')) || child.exitCode !== null)
        await sleep(kill === 0 ? 300 : random.uniform() * 9000)
        child.kill('SIGKILL')
        await exit
        const after = finishedUnits('killed')
        // What was finished stays.
        expect(after).toEqual(expect.arrayContaining(before))
        before = after
      }
      expect(await ended(start('killed'))).toBe(0)
      expect(finishedUnits('killed')).toEqual(finishedUnits('whole'))
      expect(await readAllRows(join(folder, 'killed'))).toEqual(await readAllRows(join(folder, 'whole')))
    },
  )

  it(
    'by Ctrl-C stops within two seconds, keeps its results and says how to go on',
    { timeout: 60_000 },
    async () => {
      const child = start('stopped')
      await until(() => finishedUnits('stopped').length > 0 || child.exitCode !== null)
      const asked = performance.now()
      child.kill('SIGINT')
      expect(await ended(child)).toBe(130)
      expect(performance.now() - asked).toBeLessThan(2000)
      expect(finishedUnits('stopped').length).toBeGreaterThan(0)
    },
  )
})
