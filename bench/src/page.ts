import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { networks } from './networks.ts'
import { captionOf, commandOf, type Result, sheetOf } from './result.ts'
import { inMarkdown } from './sheet.ts'

/** Where measurements are kept. */
export const resultsFolder: string = join(import.meta.dirname, '../results')

const page = join(import.meta.dirname, '../../docs/benchmarks.md')

const order: readonly string[] = networks

function section(result: Result): string {
  const { cpu, cores, memory, system, node } = result.machine
  return `## ${result.network}, ${result.image.join('×')}

\`${commandOf(result)}\`

${captionOf(result)} Measured on: ${cpu}, ${cores} cores, ${memory} GiB, ${system}, Node ${node}.

${inMarkdown(sheetOf(result, (text) => `**${text}**`))}
`
}

/** Writes docs/benchmarks.md from all measurements that are kept. */
export async function writePage(): Promise<void> {
  const files = (await readdir(resultsFolder)).filter((file) => file.endsWith('.json'))
  const results = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(resultsFolder, file), 'utf8')) as Result),
  )
  results.sort((a, b) => order.indexOf(a.network) - order.indexOf(b.network))
  if (results.length === 0) return
  const part = (name: string) => readFile(join(resultsFolder, name), 'utf8').catch(() => '')
  const others = await Promise.all(['peers.md', 'engines.md', 'linearity.md'].map(part))
  const text = `# Benchmarks

Each table says what explanations of a network cost. The unit is one forward pass of the same network in the same engine,
batch and process. Each round runs a forward pass and then the work; the table shows the median of the ratios. *Processor
time* is the same ratio of processor times. Other programs change it less than the time by the clock; with two threads it
includes the time in which one waits for the other. *Opening* and *first batch* are the times of a second session of the same
plan, as for a new weight state. *Added* means that the gradient's time, measured in the same round, is subtracted.

The weights of vgg16, resnet50 and mobilenet-v2 are drawn from a seed. Those of residual and vgg are the demo networks' own.
Limits are set for vgg16 and resnet50; a value above its limit is bold.

Until December 2026 threads of ONNX Runtime went on polling for some 50 ms after a run, beside the session that was measured
next. A forward pass of MobileNet-V2 then took up to twice its time, so that its ratios were half of what they are in tables
measured since, though each work takes less time now.

Above each table stands the command that wrote it, and the load of the machine. On a busy machine quote only ratios, and
measure them again first. Without \`--write\` a command prints its table and changes no file.

${[...results.map(section), ...others].join('\n')}`
  await writeFile(page, text)
}
