import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import type { Row } from './measure.ts'

interface Result {
  readonly network: string
  readonly image: readonly number[]
  readonly batch: number
  readonly threads: number
  readonly rounds: number
  readonly engine: string
  /** GiB */
  readonly peakMemory: number
  /** Average over the last minute of the measurement. */
  readonly load?: number
  readonly machine: Machine
  readonly rows: readonly Row[]
}

/** The networks that the limits are meant for. */
const limited = new Set(['vgg16', 'resnet50'])

const order = ['vgg16', 'resnet50', 'mobilenet-v2', 'residual', 'vgg']

/** Forward passes, in bold where they are too many. */
function marked(forwards: number, bound = Infinity): string {
  return forwards > bound ? `**${forwards.toFixed(2)}**` : forwards.toFixed(2)
}

function table({ load, network, image, batch, threads, rounds, engine, peakMemory, rows }: Result): string {
  const lines = rows.map(({ work, variants, limit, ...row }) => {
    const bound = limited.has(network) ? limit : undefined
    const cells = [
      work,
      variants,
      marked(row.wallForwards, bound),
      marked(row.cpuForwards, bound),
      bound ?? '',
      row.wallPerImage.toFixed(1),
      row.opening.toFixed(1),
      row.firstBatch.toFixed(1),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `## ${network}, ${image.join('×')}

\`npm run bench -- ${network} --batch ${batch} --threads ${threads} --rounds ${rounds}\`

Batch ${batch}, threads: ${threads}, median of ${rounds} rounds; ${engine}; peak memory of the process over all rows ${peakMemory.toFixed(1)} GiB${load === undefined ? '' : `; load of the machine at the end ${load.toFixed(1)}, of which this process makes ${threads}`}.

| work | variants | forwards | in processor time | limit | ms an image | opening, s | first batch, s |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`
}

/** Writes the page from all results in a folder. */
export async function writeTables(folder: string, file: string): Promise<void> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'))
  const results = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as Result),
  )
  results.sort((a, b) => order.indexOf(a.network) - order.indexOf(b.network))
  const [first] = results
  if (!first) return
  const { cpu, cores, memory, system, node } = first.machine
  const page = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '')
  const others = await Promise.all(['engines.md', 'linearity.md'].map(page))
  const text = `# Benchmarks

What explanations cost, in forward passes of the same network in the same engine, batch and process: each round runs a forward
pass and then the work, and the median of the rounds' ratios counts. *Processor time* is the same ratio in processor time,
which other programs on the machine disturb less; with two threads it includes their waiting for work. *Opening*
and *first batch* are what a new weight state takes after another of the same plan. Weights are drawn from a seed (vgg16, resnet50, mobilenet-v2) or are those of the demo networks.
Written by \`npm run bench\`; the numbers are in \`bench/results\`.

Each table stands below its command, and says how busy the machine was. Limits are given where a network has them; what
exceeds its limit is in bold. *Added* means less the gradient alone, measured in the same round. On a busy machine the clock says little, and two rounds are few:
repeat before quoting.

Measured on: ${cpu}, ${cores} cores, ${memory} GiB, ${system}, Node ${node}.

${[...results.map(table), ...others].join('\n')}`
  await writeFile(file, text)
}
