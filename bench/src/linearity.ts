import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'

/** One study of the demo network. */
interface Study {
  readonly images: number
  /** Variants, each with a backward pass of its own. */
  readonly methods: number
  /** Randomisations of the whole cascade. */
  readonly draws: number
}

const base: Study = { images: 32, methods: 4, draws: 2 }

/** What grows, at three points a step apart. */
const series: Readonly<Record<keyof Study, readonly number[]>> = {
  images: [16, 32, 48],
  methods: [2, 4, 6],
  draws: [1, 2, 3],
}

const folder = join(import.meta.dirname, '../results')
const runner = join(import.meta.dirname, '../../apps/runner/dist/cli.js')

/** Runs a study in a folder of its own; seconds by the clock, from the start of the process to its end. */
async function seconds({ images, methods, draws }: Study): Promise<number> {
  const place = await mkdtemp(join(tmpdir(), 'saliency-linearity-'))
  const variants = Array.from({ length: methods }, (_, at) => `rectgrad/rectgrad?percentile=${98 - 2 * at}`)
  const config = {
    model: 'residual',
    methods: variants,
    images: { procedural: 'shapes', count: images },
    checks: [['parameter-randomization', { draws }]],
    out: join(place, 'run'),
  }
  await writeFile(join(place, 'config.json'), JSON.stringify(config))
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [runner, 'run', join(place, 'config.json')])
  const duration = (performance.now() - start) / 1000
  await rm(place, { recursive: true })
  if (status !== 0) throw new Error(`The study failed: ${stderr}`)
  return duration
}

/** The least of some runs, which other work on the machine disturbs least. */
async function least(study: Study, rounds: number): Promise<number> {
  let best = Infinity
  for (let round = 0; round < rounds; round++) best = Math.min(best, await seconds(study))
  return best
}

function page(lines: readonly string[], rounds: string): string {
  const { images, methods, draws } = base
  return `## How the time of a study grows

\`npm --prefix bench run linearity -- --rounds ${rounds}\`

Whole runs of the command on the demo network residual, start, report and all, by the clock, the fastest of ${rounds};
${images} images, ${methods} methods and ${draws} draws of each randomisation but for what grows. Load of the machine at the
end: ${(loadavg()[0] as number).toFixed(1)}.

| what grows | points | seconds | a step takes |
|---|---|---|---|
${lines.join('\n')}
`
}

await new Command('linearity')
  .description('Shows that the time of a study grows linearly with images, methods and steps.')
  .option('--rounds <n>', 'runs of each point, of which the fastest counts', '2')
  .action(async ({ rounds }: { rounds: string }) => {
    const lines: string[] = []
    for (const [name, points] of Object.entries(series)) {
      const times: number[] = []
      for (const point of points) times.push(await least({ ...base, [name]: point }, Number(rounds)))
      const steps = times.slice(1).map((time, at) => (time - (times[at] as number)).toFixed(1))
      const row = [name, points.join(', '), times.map((time) => time.toFixed(1)).join(', '), steps.join(', ')]
      lines.push(`| ${row.join(' | ')} |`)
      console.log(lines.at(-1))
    }
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'linearity.md'), page(lines, rounds))
  })
  .parseAsync()
