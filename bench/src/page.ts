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
  return `## ${result.network}, ${result.image.join('×')}

\`${commandOf(result)}\`

${captionOf(result)}

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
  const [first] = results
  if (!first) return
  const { cpu, cores, memory, system, node } = first.machine
  const part = (name: string) => readFile(join(resultsFolder, name), 'utf8').catch(() => '')
  const others = await Promise.all(['engines.md', 'linearity.md'].map(part))
  const text = `# Benchmarks

What explanations cost, in forward passes of the same network in the same engine, batch and process: each round runs a forward
pass and then the work, and the median of the rounds' ratios counts. *Processor time* is the same ratio in processor time,
which other programs on the machine disturb less; with two threads it includes their waiting for work. *Opening*
and *first batch* are what a new weight state takes after another of the same plan. Weights are drawn from a seed (vgg16, resnet50, mobilenet-v2) or are those of the demo networks.

Each table stands below the command that wrote it, and says how busy the machine was; without \`--write\` a command prints its
table and leaves this page, and the numbers in \`bench/results\`, as they are. Limits are given where a network has them; what
exceeds its limit is in bold. *Added* means less the gradient alone, measured in the same round. On a busy machine the clock says little, and two rounds are few:
repeat before quoting.

Measured on: ${cpu}, ${cores} cores, ${memory} GiB, ${system}, Node ${node}.

${[...results.map(section), ...others].join('\n')}`
  await writeFile(page, text)
}
