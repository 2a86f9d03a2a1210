import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command } from 'commander'
import { sum } from 'simple-statistics'
import { fitLine } from './linear-fit.ts'
import { resultsFolder, writePage } from './page.ts'
import { count, runProgram } from './program.ts'
import { inMarkdown, inTerminal, type Sheet } from './sheet.ts'

/** One study of the demo network. */
interface Study {
  readonly images: number
  /** Variants, each with a backward pass of its own. */
  readonly methods: number
  /** Steps of the cascade, of which the demo network has 8. */
  readonly steps: number
  /** Randomisations of the whole cascade. */
  readonly draws: number
}

const base: Study = { images: 32, methods: 4, steps: 8, draws: 2 }

/** What grows, at three points a step apart. */
const series: Readonly<Record<keyof Study, readonly number[]>> = {
  images: [16, 32, 48],
  methods: [2, 4, 6],
  steps: [4, 6, 8],
  draws: [1, 2, 3],
}

const runner = join(import.meta.dirname, '../../apps/runner/dist/cli.js')

/** Seconds that a study took, from the start of the process to its end. */
interface Times {
  readonly clock: number
  /** Of all its processes and threads together; other work on the machine disturbs it less. */
  readonly processor: number
}

/** Runs a study in a folder of its own. */
async function timesOf({ images, methods, steps, draws }: Study): Promise<Times> {
  const place = await mkdtemp(join(tmpdir(), 'saliency-linearity-'))
  const variants = Array.from({ length: methods }, (_, at) => `rectgrad/rectgrad?percentile=${98 - 2 * at}`)
  const config = {
    model: 'residual',
    methods: variants,
    images: { procedural: 'shapes', count: images },
    checks: [['parameter-randomization', { steps, draws }]],
    out: join(place, 'run'),
  }
  await writeFile(join(place, 'config.json'), JSON.stringify(config))
  const recorder = pathToFileURL(join(import.meta.dirname, 'record-processor-time.mjs')).href
  const env = {
    ...process.env,
    NODE_OPTIONS: `--import ${recorder}`,
    SALIENCY_PROCESSOR_TIMES: join(place, 'times'),
  }
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [runner, 'run', join(place, 'config.json')], { env })
  const clock = (performance.now() - start) / 1000
  if (status !== 0) throw new Error(`The study failed: ${stderr}`)
  const recorded = (await readFile(join(place, 'times'), 'utf8')).trim().split('\n')
  await rm(place, { recursive: true })
  return { clock, processor: sum(recorded.map(Number.parseFloat)) }
}

/** The least times of each point over some rounds through all of them: other work disturbs all points alike. */
async function leastTimes(name: string, points: readonly number[], rounds: number): Promise<Times[]> {
  const least = points.map((): Times => ({ clock: Infinity, processor: Infinity }))
  for (let round = 0; round < rounds; round++) {
    for (const [at, point] of points.entries()) {
      const { clock, processor } = await timesOf({ ...base, [name]: point })
      const known = least[at] as Times
      least[at] = {
        clock: Math.min(known.clock, clock),
        processor: Math.min(known.processor, processor),
      }
    }
  }
  return least
}

/** Times at some points, and how near they are to a line. */
function fitted(points: readonly number[], times: readonly number[]): string[] {
  const { slopeRatio, rSquared } = fitLine(points, times)
  return [times.map((time) => time.toFixed(1)).join(', '), slopeRatio.toFixed(2), rSquared.toFixed(4)]
}

async function measure(rounds: number): Promise<Sheet> {
  const fit = ['last step / first', 'R²']
  const head = ['what grows', 'points', 'seconds', ...fit, 'processor seconds', ...fit]
  const rows: string[][] = []
  for (const [name, points] of Object.entries(series)) {
    const times = await leastTimes(name, points, rounds)
    const clock = fitted(
      points,
      times.map((time) => time.clock),
    )
    const processor = fitted(
      points,
      times.map((time) => time.processor),
    )
    rows.push([name, points.join(', '), ...clock, ...processor])
    console.error(`${name}: ${clock[0]} s; ${processor[0]} s of processor time`)
  }
  return { head, rows }
}

function captionOf(rounds: number): string {
  const { images, methods, steps, draws } = base
  return `Whole runs of the command on the demo network residual, start, report and all, the least times of ${rounds} runs;
${images} images, ${methods} methods, ${steps} steps and ${draws} draws of the randomisation but for what grows. Where time is linear, every
step adds the same, so the last one divided by the first is 1, and so is R² of a straight line. Processor time adds up all threads,
and other work on the machine disturbs it less than the clock. Load of the machine at the end: ${(loadavg()[0] as number).toFixed(1)}.`
}

interface Flags {
  readonly rounds: number
  readonly write?: true
}

const program = new Command('linearity')
  .description('Shows that the time of a study grows linearly with images, methods, steps and draws.')
  .option('--rounds <n>', 'runs of each point, of which the fastest counts', count, 2)
  .option('--write', 'keep the table: bench/results/linearity.md and docs/benchmarks.md')
  .action(async ({ rounds, write }: Flags) => {
    const sheet = await measure(rounds)
    const caption = captionOf(rounds)
    console.log(`${inTerminal(sheet)}\n${caption}`)
    if (!write) return
    const page = `## How the time of a study grows

\`npm --prefix bench run linearity -- --rounds ${rounds} --write\`

${caption}

${inMarkdown(sheet)}
`
    await writeFile(join(resultsFolder, 'linearity.md'), page)
    await writePage()
  })
await runProgram(program)
