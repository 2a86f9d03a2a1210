import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  backward,
  LOGITS,
  directionInput,
  tensor,
  type Engine,
  type FloatTensor,
  type LoadedModel,
  type Session,
} from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import type { BackendName } from '@saliency/engine-tfjs'
import { isDemoModel } from '@saliency/zoo'
import { Argument, Command } from 'commander'
import { loadNetwork, networks } from './networks.ts'
import { resultsFolder, writePage } from './page.ts'
import { count, runProgram } from './program.ts'
import { inMarkdown, inTerminal, type Sheet } from './sheet.ts'

/** TensorFlow.js takes seconds to load: only when it is measured. */
async function openTfjs(backend: BackendName): Promise<Engine> {
  const tfjs = await import('@saliency/engine-tfjs')
  return tfjs.openTfjs({ backend })
}

/** The engines of the table, fastest first. */
const openers: Readonly<Record<string, () => Promise<Engine>>> = {
  'onnxruntime-node': () => openOnnxRuntime({ backend: 'native' }),
  'onnxruntime-web': () => openOnnxRuntime({ backend: 'wasm' }),
  tensorflow: () => openTfjs('tensorflow'),
  'tfjs-wasm': () => openTfjs('wasm'),
  'tfjs-cpu': () => openTfjs('cpu'),
}

type Feeds = Readonly<Record<string, FloatTensor>>

/** The fastest of some runs, on the clock and in processor time, which other processes disturb less. */
async function fastest(session: Session, feeds: Feeds, rounds: number): Promise<Sample> {
  await session.run(feeds)
  const best = { wall: Infinity, cpu: Infinity }
  for (let round = 0; round < rounds; round++) {
    const [start, before] = [performance.now(), process.cpuUsage()]
    await session.run(feeds)
    const { user, system } = process.cpuUsage(before)
    best.wall = Math.min(best.wall, performance.now() - start)
    best.cpu = Math.min(best.cpu, (user + system) / 1000)
  }
  return best
}

interface Sample {
  readonly wall: number
  readonly cpu: number
}

async function timesOf(
  engine: Engine,
  { model, weights }: LoadedModel,
  rounds: number,
): Promise<{ open: number; forward: Sample; both: Sample }> {
  const gradient = backward({ from: model.logits, start: directionInput(model), until: model.image }).at(
    model.image,
  )
  const shape = [1, ...model.image.shape.slice(1).map(Number)]
  const size = shape.reduce((product, dim) => product * dim, 1)
  const image = tensor(
    Float32Array.from({ length: size }, (_, index) => Math.sin(index * 0.37) + Math.cos(index * 0.011)),
    shape,
  )
  const classes = Number(model.logits.shape[1])
  const direction = tensor(
    Float32Array.from({ length: classes }, (_, index) => (index === 7 ? 1 : 0)),
    [1, classes],
  )
  const only = await engine.open({ outputs: { [LOGITS]: model.logits } }, weights)
  const forward = await fastest(only, { image }, rounds)
  await only.dispose()
  const start = performance.now()
  const session = await engine.open({ outputs: { [LOGITS]: model.logits, gradient } }, weights)
  const open = performance.now() - start
  const both = await fastest(session, { image, direction }, rounds)
  await session.dispose()
  return { open, forward, both }
}

/** What one engine took: milliseconds. */
type Times = Awaited<ReturnType<typeof timesOf>>

const written = (milliseconds: number) => milliseconds.toFixed(milliseconds < 10 ? 1 : 0)

const quantities: Readonly<Record<string, (times: Times) => string>> = {
  'opening, ms': ({ open }) => written(open),
  'forward, ms': ({ forward }) => written(forward.wall),
  'with gradient, ms': ({ both }) => written(both.wall),
  'in forwards': ({ forward, both }) => (both.wall / forward.wall).toFixed(2),
  'forward, processor ms': ({ forward }) => written(forward.cpu),
  'with gradient, processor ms': ({ both }) => written(both.cpu),
}

/** Rows of one network, an engine a column; an engine that is not there says why below. */
async function compare(name: string, rounds: number, notes: Set<string>): Promise<string[][]> {
  const network = await loadNetwork(name)
  const columns: (Times | undefined)[] = []
  for (const [engine, open] of Object.entries(openers)) {
    const isTooSlow = engine === 'tfjs-cpu' && !isDemoModel(name)
    const times = isTooSlow
      ? undefined
      : await open()
          .then((opened) => timesOf(opened, network, rounds))
          .catch((error: Error) => {
            notes.add(`${engine} was not measured: ${error.message.split('\n')[0]}`)
            return undefined
          })
    columns.push(times)
    if (times) console.error(`${name}, ${engine}: with gradient ${written(times.both.wall)} ms`)
  }
  return Object.entries(quantities).map(([what, of]) => [
    name,
    what,
    ...columns.map((times) => (times ? of(times) : '–')),
  ])
}

function captionOf(rounds: number, notes: ReadonlySet<string>): string {
  return `One image, the fastest of ${rounds} runs; a gradient in forward passes includes the forward pass. ${[...notes].join('. ')}`.trim()
}

interface Flags {
  readonly rounds: number
  readonly write?: true
}

async function compareAll(names: readonly string[], { rounds, write }: Flags): Promise<void> {
  const notes = new Set<string>()
  const rows: string[][] = []
  for (const name of names) rows.push(...(await compare(name, rounds, notes)))
  const sheet: Sheet = { head: ['network', 'what', ...Object.keys(openers)], rows }
  const caption = captionOf(rounds, notes)
  console.log(`${inTerminal(sheet)}\n${caption}`)
  if (!write) return
  const page = `## The engines

\`npm --prefix bench run engines -- ${names.join(' ')} --rounds ${rounds} --write\`

${caption}

${inMarkdown(sheet)}
`
  await writeFile(join(resultsFolder, 'engines.md'), page)
  await writePage()
}

const program = new Command('engines')
  .description('Compares the engines: a forward pass, and one with its gradient; prints a table.')
  .addArgument(new Argument('[networks...]', 'the networks').choices(networks).default(['vgg16', 'residual']))
  .option('--rounds <n>', 'runs, of which the fastest counts', count, 5)
  .option('--write', 'keep the table: bench/results/engines.md and docs/benchmarks.md')
  .action(compareAll)
await runProgram(program)
