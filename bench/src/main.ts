import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { environment, openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { Command } from 'commander'
import { describeMachine } from './machine.ts'
import { measure, type Row } from './measure.ts'
import { loadNetwork, networks } from './networks.ts'
import { writeTables } from './tables.ts'
import { works } from './works.ts'

const folder = join(import.meta.dirname, '../results')

interface Settings {
  readonly batch: string
  readonly rounds: string
  readonly threads: string
  readonly only?: string
}

/** Set in the process of one network, to its name. */
const CHILD = 'SALIENCY_BENCH'

/** One process a network, so that its peak memory is its own, and with the environment that a run gives its process. */
function benchEach(names: readonly string[]): void {
  for (const name of names) {
    const { status } = spawnSync(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      stdio: 'inherit',
      env: { ...environment, ...process.env, [CHILD]: name },
    })
    if (status !== 0) process.exitCode = 1
  }
}

async function benchNetwork(name: string, { batch, rounds, threads, only }: Settings): Promise<void> {
  const engine = await openOnnxRuntime({ threads: Number(threads) })
  const network = await loadNetwork(name)
  const rows: Row[] = []
  const chosen = works.filter((work) => only === undefined || work.name.includes(only))
  async function save(): Promise<void> {
    const result = {
      network: name,
      image: network.model.image.shape.slice(1),
      batch: Number(batch),
      threads: Number(threads),
      rounds: Number(rounds),
      engine: engine.description,
      peakMemory: process.resourceUsage().maxRSS / 2 ** 20,
      // Of the last minute: 1 for each thread of the measurement, the rest is other work on the machine.
      load: loadavg()[0] as number,
      machine: describeMachine(),
      rows,
    }
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result, undefined, 2)}\n`)
  }
  await measure({ engine, network, batch: Number(batch), rounds: Number(rounds) }, chosen, async (row) => {
    rows.push(row)
    const limit = row.limit === undefined ? '' : ` (limit ${row.limit})`
    console.log(
      `${name}: ${row.work}: ${row.wallForwards.toFixed(2)} forwards by the clock, ${row.cpuForwards.toFixed(2)} in processor time${limit}; ${row.wallPerImage.toFixed(0)} ms an image; a new weight state opens in ${row.opening.toFixed(1)} s, its first batch takes ${row.firstBatch.toFixed(1)} s`,
    )
    for (const failure of row.failures) console.log(`  not traced: ${failure}`)
    // After each row, so that a run that is broken off leaves what it measured.
    if (only === undefined) await save()
  })
}

await new Command('bench')
  .description('Measures what methods cost, in forward passes; writes results/*.json and docs/benchmarks.md.')
  .argument('[networks...]', 'which networks', [...networks])
  .option('--batch <n>', 'images a batch', '8')
  .option('--rounds <n>', 'measurements of each work', '5')
  .option('--threads <n>', 'threads of the engine', '2')
  .option('--only <text>', 'only works whose name contains this; writes no file')
  .action(async (names: string[], settings: Settings) => {
    const name = process.env[CHILD]
    if (name !== undefined) return benchNetwork(name, settings)
    benchEach(names)
    if (settings.only === undefined)
      await writeTables(folder, join(import.meta.dirname, '../../docs/benchmarks.md'))
  })
  .parseAsync()
