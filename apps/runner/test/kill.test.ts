import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { rowsIn, temporaryFolder } from './project.ts'

const runner = join(dirname(fileURLToPath(import.meta.url)), '..')
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

/** The built command in a process of its own; `direct` without the supervisor that Ctrl-C goes through. */
function start(out: string, direct = true) {
  const args = ['run', 'config.json', '--root', folder, '--out', out]
  const env = { ...process.env, ...(direct && { SALIENCY_SUPERVISED: '1' }) }
  return spawn(process.execPath, [join(runner, 'dist/cli.js'), ...args], { stdio: 'ignore', env })
}

const ended = (child: ReturnType<typeof start>) =>
  new Promise<number | null>((done) => void child.once('exit', done))
const sleep = (milliseconds: number) => new Promise((done) => void setTimeout(done, milliseconds))

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5)
}

/** The process that works in a run folder, which is not the command's own. */
function workerOf(out: string, command: ReturnType<typeof start>): number {
  const { pid } = JSON.parse(readFileSync(join(folder, out, 'run.lock'), 'utf8')) as { pid: number }
  expect(pid).not.toBe(command.pid)
  return pid
}

/** Whether a process works: one that ended may stay listed until its parent asks for its code. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = `/proc/${pid}/stat`
  return !existsSync(status) || !/\) [ZX] /.test(readFileSync(status, 'latin1'))
}

function finishedUnits(out: string): string[] {
  const units = join(folder, out, 'units')
  return existsSync(units)
    ? readdirSync(units)
        .filter((name) => name.endsWith('.parquet'))
        .toSorted()
    : []
}

/** Runs the study unbroken; tells how long it took until the work began, in milliseconds. */
async function runWhole(): Promise<number> {
  const started = performance.now()
  const child = start('whole')
  const exit = ended(child)
  await until(() => existsSync(join(folder, 'whole', 'study.json')) || child.exitCode !== null)
  const startup = performance.now() - started
  expect(await exit).toBe(0)
  return startup
}

describe('a run that is killed', () => {
  it(
    `${kills} times at random moments ends with the rows of an unbroken run`,
    { timeout: 60_000 + kills * 30_000 },
    async () => {
      const startup = await runWhole()
      const whole = await rowsIn(join(folder, 'whole'))
      const units = finishedUnits('whole')
      const random = createRandom('kill', kills)
      for (let [round, killed] = [0, 0]; killed < kills; round++) {
        const out = `killed-${round}`
        // Only kills that leave something to do count; a study that got finished is compared, and the next one killed.
        for (let before: string[] = []; before.length < units.length && killed < kills;) {
          const child = start(out)
          const exit = ended(child)
          // At some point between two finished units, the time before the first one included.
          const reached = random.integer(before.length, units.length - 1)
          if (reached === before.length) await sleep(random.uniform() * 1.2 * startup)
          else await until(() => finishedUnits(out).length >= reached || child.exitCode !== null)
          await sleep(random.uniform() * 200)
          if (child.exitCode === null) child.kill('SIGKILL')
          await exit
          const after = finishedUnits(out)
          expect(after).toEqual(expect.arrayContaining(before))
          if (after.length < units.length) killed += 1
          before = after
        }
        expect(await ended(start(out))).toBe(0)
        expect(finishedUnits(out)).toEqual(units)
        expect(await rowsIn(join(folder, out))).toEqual(whole)
      }
    },
  )

  it(
    'together with its terminal leaves the work, which the same command waits for',
    { timeout: 60_000 },
    async () => {
      const command = start('orphaned', false)
      await until(() => finishedUnits('orphaned').length > 0 || command.exitCode !== null)
      const worker = workerOf('orphaned', command)
      const exit = ended(command)
      command.kill('SIGKILL')
      await exit
      expect(await ended(start('orphaned', false))).toBe(0)
      expect(isRunning(worker)).toBe(false)
      expect(await rowsIn(join(folder, 'orphaned'))).toEqual(await rowsIn(join(folder, 'whole')))
    },
  )

  it('by the system says so: 128 and the signal', { timeout: 60_000 }, async () => {
    const command = start('reaped', false)
    await until(() => finishedUnits('reaped').length > 0 || command.exitCode !== null)
    process.kill(workerOf('reaped', command), 'SIGKILL')
    expect(await ended(command)).toBe(137)
    expect(finishedUnits('reaped').length).toBeGreaterThan(0)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by Ctrl-C or its like stops within two seconds, keeps its results, and leaves no process behind: %s',
    { timeout: 60_000 },
    async (signal) => {
      const child = start(signal, false)
      await until(() => finishedUnits(signal).length > 0 || child.exitCode !== null)
      const worker = workerOf(signal, child)
      const asked = performance.now()
      child.kill(signal)
      expect(await ended(child)).toBe(130)
      expect(performance.now() - asked).toBeLessThan(2000)
      expect(finishedUnits(signal).length).toBeGreaterThan(0)
      expect(isRunning(worker)).toBe(false)
    },
  )
})
