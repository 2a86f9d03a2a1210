import { loadavg } from 'node:os'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { describeMachine } from './machine.ts'
import { measure, type Row } from './measure.ts'
import { limited, loadNetwork } from './networks.ts'
import type { Result } from './result.ts'
import { works } from './works.ts'

/** What is measured, and how. */
export interface Settings {
  readonly batch: number
  readonly rounds: number
  readonly threads: number
  /** Only works whose name contains this. */
  readonly only?: string
}

/** Hands a result to the process that started this one. */
function send(result: Result): Promise<void> {
  return new Promise((resolve, reject) =>
    process.send!(result, undefined, undefined, (error) => (error ? reject(error) : resolve())),
  )
}

/** The most memory that this process has had so far, in GiB. */
function peakMemory(): number {
  return process.resourceUsage().maxRSS / 2 ** 20
}

/** Measures one network in this process and sends the result after each row: what is broken off leaves what it measured. */
export async function benchNetwork(
  name: string,
  { batch, rounds, threads, only = '' }: Settings,
): Promise<void> {
  const engine = await openOnnxRuntime({ threads })
  const network = await loadNetwork(name)
  const rows: Row[] = []
  const isTransformer = network.model.attentions.length > 0
  const chosen = works.filter((work) => work.name.includes(only) && (isTransformer || !work.transformers))
  const bench = { engine, network, batch, rounds, isLimited: limited.has(name) }
  await measure(bench, chosen, async (row) => {
    rows.push({ ...row, peakMemory: peakMemory() })
    await send({
      network: name,
      image: network.model.image.shape.slice(1).map(Number),
      batch,
      threads,
      rounds,
      engine: engine.description,
      peakMemory: peakMemory(),
      load: loadavg()[0] as number,
      machine: describeMachine(),
      rows,
    })
  })
  process.disconnect()
}
