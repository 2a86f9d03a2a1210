import {
  backward,
  LOGITS,
  seedOf,
  tensor,
  type Engine,
  type FloatTensor,
  type LoadedModel,
  type Session,
} from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { openTfjs } from '@saliency/engine-tfjs'
import { Command } from 'commander'
import { loadNetwork } from './networks.ts'

/** The engines of the table, fastest first. */
const openers: Readonly<Record<string, () => Promise<Engine>>> = {
  'onnxruntime-node': () => openOnnxRuntime({ backend: 'native' }),
  'onnxruntime-web': () => openOnnxRuntime({ backend: 'wasm' }),
  tensorflow: () => openTfjs({ backend: 'tensorflow' }),
  'tfjs-wasm': () => openTfjs({ backend: 'wasm' }),
  'tfjs-cpu': () => openTfjs({ backend: 'cpu' }),
}

type Feeds = Readonly<Record<string, FloatTensor>>

/** The fastest of some runs, on the clock and in processor time, which other processes disturb less. */
async function fastest(
  session: Session,
  feeds: Feeds,
  rounds: number,
): Promise<{ wall: number; cpu: number }> {
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

async function row(engine: Engine, { model, weights }: LoadedModel, rounds: number): Promise<string> {
  const gradient = backward({ from: model.logits, seed: seedOf(model), until: model.image }).at(model.image)
  const shape = [1, ...model.image.shape.slice(1).map(Number)]
  const size = shape.reduce((product, dim) => product * dim, 1)
  const image = tensor(
    Float32Array.from({ length: size }, (_, index) => Math.sin(index * 0.37) + Math.cos(index * 0.011)),
    shape,
  )
  const classes = Number(model.logits.shape[1])
  const seed = tensor(
    Float32Array.from({ length: classes }, (_, index) => (index === 7 ? 1 : 0)),
    [1, classes],
  )
  const only = await engine.open({ outputs: { [LOGITS]: model.logits } }, weights)
  const forward = await fastest(only, { image }, rounds)
  await only.dispose()
  const start = performance.now()
  const session = await engine.open({ outputs: { [LOGITS]: model.logits, gradient } }, weights)
  const open = performance.now() - start
  const both = await fastest(session, { image, seed }, rounds)
  await session.dispose()
  const columns = (['wall', 'cpu'] as const).flatMap((clock) => [
    forward[clock].toFixed(0),
    both[clock].toFixed(0),
    (both[clock] / forward[clock]).toFixed(2),
  ])
  return [engine.id, open.toFixed(0), ...columns].join(' | ')
}

async function compare(name: string, engines: readonly string[], rounds: number): Promise<void> {
  const network = await loadNetwork(name)
  console.log(
    `${name}, one image, best of ${rounds}, milliseconds; a gradient in forward passes includes the forward pass\n`,
  )
  console.log(
    '| engine | open | forward | with gradient | forwards | processor: forward | with gradient | forwards |',
  )
  console.log('|---|---|---|---|---|---|---|---|')
  for (const engine of engines) {
    try {
      const open = openers[engine]
      if (!open) throw new Error(`there is no such engine; choose among ${Object.keys(openers).join(', ')}`)
      console.log(`| ${await row(await open(), network, rounds)} |`)
    } catch (error) {
      console.log(
        `| ${engine} | not measured: ${error instanceof Error ? error.message.split('\n')[0] : error} |`,
      )
    }
  }
}

const program = new Command('engines')
  .description('Compares the engines: a forward pass, and one with its gradient.')
  .argument('[network]', 'the network', 'vgg16')
  .option('--engines <names>', 'which engines', Object.keys(openers).slice(0, 4).join())
  .option('--rounds <n>', 'runs, of which the fastest counts', '5')
  .action((name: string, options: { engines: string; rounds: string }) =>
    compare(name, options.engines.split(','), Number(options.rounds)),
  )
await program.parseAsync()
