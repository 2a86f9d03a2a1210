import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readStudy } from '@saliency/study/node'
import { Command, InvalidArgumentError } from 'commander'
import { sum } from 'simple-statistics'
import { runProgram } from './program.ts'
import { inTerminal } from './sheet.ts'

const runner = join(import.meta.dirname, '../../apps/runner/dist/cli.js')

/** The memory that V8 gets for objects; what columns take lies outside of it. */
const HEAP_MIB = 2048

/** What a process took. */
interface Cost {
  /** Seconds from its start to its end. */
  readonly clock: number
  /** Seconds of all its threads together. */
  readonly processor: number
  /** The most memory that it held, in MiB. */
  readonly memory: number
}

/** Judges a run by the command, and measures it. */
function judge(folder: string): Cost {
  const place = mkdtempSync(join(tmpdir(), 'saliency-judge-'))
  const recorder = pathToFileURL(join(import.meta.dirname, 'record-processor-time.mjs')).href
  const env = {
    ...process.env,
    NODE_OPTIONS: `--import ${recorder} --max-old-space-size=${HEAP_MIB}`,
    SALIENCY_PROCESSOR_TIMES: join(place, 'times'),
  }
  try {
    const start = performance.now()
    const { status, stderr } = spawnSync(process.execPath, [runner, 'report', folder], {
      env,
      encoding: 'utf8',
    })
    const clock = (performance.now() - start) / 1000
    if (status !== 0) throw new Error(`The run could not be judged: ${stderr}`)
    const ended = readFileSync(env.SALIENCY_PROCESSOR_TIMES, 'utf8').trim().split('\n')
    const each = ended.map((line) => line.split(' ').map(Number) as [seconds: number, kibibytes: number])
    return {
      clock,
      processor: sum(each.map(([seconds]) => seconds)),
      memory: Math.max(...each.map(([, kibibytes]) => kibibytes / 1024)),
    }
  } finally {
    rmSync(place, { recursive: true })
  }
}

function rowsOf(text: string): number {
  const value = Number(text)
  if (value >= 1 && value <= 1e10) return value
  throw new InvalidArgumentError('It takes a number from 1 to 1e10, such as 1.2e6.')
}

/** Shows progress where somebody looks. */
function progress(done: number, all: number): void {
  if (process.stderr.isTTY)
    process.stderr.write(`\r${done} of ${all} units written${done === all ? '\n' : ''}`)
}

function count(value: number): string {
  return value.toLocaleString('en')
}

/** Whether a folder holds all units of a run. */
function isWritten(folder: string): boolean {
  if (!existsSync(join(folder, 'study.json'))) return false
  return readdirSync(join(folder, 'units')).length === readStudy(folder).units.length
}

interface JudgeFlags {
  readonly rows: number
  readonly method: string
  readonly folder?: string
}

async function benchJudge({ rows, method, folder }: JudgeFlags): Promise<void> {
  const place = folder === undefined ? mkdtempSync(join(tmpdir(), 'saliency-rows-')) : resolve(folder)
  try {
    if (!isWritten(place)) {
      // Loaded only here: it brings the whole product with it.
      const { writeSyntheticRun } = await import('./synthetic-run.ts')
      await writeSyntheticRun(place, rows, method, progress)
    }
    const { clock, processor, memory } = judge(place)
    const { images, identity, states, units } = readStudy(place)
    const summary = JSON.parse(readFileSync(join(place, 'summary.json'), 'utf8')) as { rows: number }
    const sizes = [summary.rows, images.length, identity.variants.length, states.length, units.length]
    console.log(
      inTerminal({
        head: ['rows', 'images', 'variants', 'weight states', 'files', 'seconds', 'in processor time', 'MiB'],
        rows: [[...sizes.map(count), clock.toFixed(1), processor.toFixed(1), memory.toFixed(0)]],
      }),
    )
    console.log(
      `load ${loadavg()[0]?.toFixed(1)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.version}`,
    )
  } finally {
    if (folder === undefined) rmSync(place, { recursive: true, force: true })
  }
}

const program = new Command('judge')
  .description(
    'What it takes to judge a run of many rows, which are drawn and not computed: time and memory of `saliency report`.',
  )
  .option(
    '--rows <number>',
    'rows of the run, a little more so that groups of images are whole',
    rowsOf,
    1.2e6,
  )
  .option('--method <name>', 'whose variants are studied', 'all')
  .option('--folder <path>', 'where the run is written, and kept; one that is there is judged again')
  .action(benchJudge)
await runProgram(program)
