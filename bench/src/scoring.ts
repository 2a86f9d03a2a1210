import { cpus } from 'node:os'
import { similarities, type Plane } from '@saliency/sanity'
import { createRandom } from '@saliency/core'
import { Command } from 'commander'
import { count, runProgram } from './program.ts'
import { inTerminal } from './sheet.ts'

/** What a study compares by default. */
const defaults = ['spearman', 'spearman-abs', 'ssim']

/** Each map is compared with that of its own image and with those of two others. */
const COMPARISONS = 3

/** Maps in a group. */
const GROUP = 8

/** Values with a long tail on both sides, as saliency maps have. */
function mapOf(seed: number, size: number): Plane {
  const random = createRandom('bench', 'scoring', seed)
  return {
    data: Float32Array.from({ length: size * size }, () => random.normal() ** 3),
    height: size,
    width: size,
  }
}

/** Processor milliseconds of some work, for one map. */
function timeOf(work: () => void): number {
  const { user, system } = process.cpuUsage()
  work()
  const spent = process.cpuUsage({ user, system })
  return (spent.user + spent.system) / 1000 / GROUP
}

/** What a map costs under one similarity, in milliseconds: once, and for each comparison. */
interface Cost {
  once: number
  each: number
}

/** One group's maps, new to all similarities: each is prepared and compared in the order of a study. */
function walk(maps: readonly Plane[], least: ReadonlyMap<string, Cost>): void {
  for (const [name, cost] of least) {
    const measure = similarities[name]!
    let prepared: readonly unknown[] = []
    const once = timeOf(() => void (prepared = maps.map((map) => measure.prepare(map))))
    const all = timeOf(() => {
      for (let step = 0; step < COMPARISONS; step++)
        prepared.forEach((own, at) => measure.compare(own, prepared[(at + step) % GROUP]))
    })
    cost.once = Math.min(cost.once, once)
    cost.each = Math.min(cost.each, all / COMPARISONS)
  }
}

function benchScoring({ size, rounds }: { size: number; rounds: number }): void {
  const maps = Array.from({ length: GROUP }, (_, seed) => mapOf(seed, size))
  const least = new Map(defaults.map((name) => [name, { once: Infinity, each: Infinity }]))
  for (let round = 0; round < rounds; round++)
    walk(
      maps.map((map) => ({ ...map, data: map.data.slice() })),
      least,
    )
  const costs = [...least].map(
    ([name, { once, each }]) => [name, [once, each, once + COMPARISONS * each]] as const,
  )
  const all = costs.reduce((sum, [, [, , total]]) => sum + total!, 0)
  const figure = (value: number | undefined) => value!.toFixed(2)
  console.log(
    inTerminal({
      head: ['similarity', 'a map (ms)', 'a comparison (ms)', `a map and ${COMPARISONS} comparisons (ms)`],
      rows: [...costs.map(([name, own]) => [name, ...own.map(figure)]), ['all', '', '', figure(all)]],
    }),
  )
  console.log(
    `${size}×${size}, processor time of one thread, ${cpus()[0]?.model.trim()}, Node.js ${process.version}`,
  )
}

const program = new Command('scoring')
  .description('What it costs to compare saliency maps, by similarity.')
  .option('--size <pixels>', 'height and width of the maps', count, 224)
  .option('--rounds <number>', 'the fastest of so many rounds counts', count, 20)
  .action(benchScoring)
await runProgram(program)
