import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment } from '@saliency/engine-onnxruntime'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { type Settings, benchNetwork } from './bench-network.ts'
import type { Row } from './measure.ts'
import { networks } from './networks.ts'
import { resultsFolder, writePage } from './page.ts'
import { count, runProgram } from './program.ts'
import { captionOf, type Result, sheetOf } from './result.ts'
import { inTerminal } from './sheet.ts'
import { works } from './works.ts'

interface Flags extends Settings {
  readonly json?: true
  readonly write?: true
}

/** Set in the process of one network, to its name. */
const CHILD = 'SALIENCY_BENCH'

/** One process a network, so that its peak memory is its own, and with the environment that a run gives its process. */
async function benchApart(name: string, done: (result: Result) => void): Promise<void> {
  const child = fork(process.argv[1] as string, process.argv.slice(2), {
    // Only the result may stand on the standard output.
    stdio: ['ignore', 2, 2, 'ipc'],
    env: { ...environment, ...process.env, [CHILD]: name },
  })
  child.on('message', (result) => done(result as Result))
  const [status, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal !== null) console.error(`error: ${name} was ended by ${signal}.`)
  if (status !== 0) process.exitCode = 1
}

/** Variants that cannot explain a network, by the reason. */
function notTraced(rows: readonly Row[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const failure of new Set(rows.flatMap(({ failures }) => failures))) {
    const [id = '', ...reason] = failure.split(': ')
    found.set(reason.join(': '), [...(found.get(reason.join(': ')) ?? []), id])
  }
  return found
}

function print(result: Result): void {
  const { network, image, rows } = result
  console.log(`\n${network}, ${image.join('×')}`)
  console.log(inTerminal(sheetOf(result, (text) => `${text} (too many)`)))
  console.log(captionOf(result))
  for (const [reason, ids] of notTraced(rows)) console.log(`Not traced: ${ids.join(', ')}. ${reason}`)
}

async function benchEach(names: readonly string[], { json, write }: Flags): Promise<void> {
  const results = new Map<string, Result>()
  for (const name of new Set(names)) {
    await benchApart(name, (result) => {
      const { work, wallForwards } = result.rows.at(-1)!
      console.error(`${name}: ${work}: ${wallForwards.toFixed(2)} forwards`)
      results.set(name, result)
      // After each row, so that a run that is broken off leaves what it measured.
      if (write)
        writeFileSync(join(resultsFolder, `${name}.json`), `${JSON.stringify(result, undefined, 2)}\n`)
    })
    const result = results.get(name)
    if (result !== undefined && !json) print(result)
  }
  if (json) console.log(JSON.stringify([...results.values()], undefined, 2))
  if (write) await writePage()
}

function partOfWork(text: string): string {
  if (works.some(({ name }) => name.includes(text))) return text
  throw new InvalidArgumentError(`The works are: ${works.map(({ name }) => name).join('; ')}.`)
}

const program = new Command('bench')
  .description('Measures what methods cost, in forward passes of the same network, and prints a table.')
  .addArgument(new Argument('[networks...]', 'which networks').choices(networks).default([...networks]))
  .option('--batch <n>', 'images a batch', count, 8)
  .option('--rounds <n>', 'measurements of each work', count, 5)
  .option('--threads <n>', 'threads of the engine', count, 2)
  .option('--only <text>', 'only works whose name contains this', partOfWork)
  .option('--json', 'print the results as JSON')
  .addOption(
    new Option('--write', 'keep the results: bench/results/*.json and docs/benchmarks.md').conflicts('only'),
  )
  .action(async (names: string[], flags: Flags) => {
    const name = process.env[CHILD]
    if (name === undefined) await benchEach(names, flags)
    else await benchNetwork(name, flags)
  })
await runProgram(program)
