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

/** Processor milliseconds of the fastest of some rounds, for one map. */
function timeOf(rounds: number, work: () => void): number {
  let least = Infinity
  for (let round = 0; round < rounds; round++) {
    const { user, system } = process.cpuUsage()
    work()
    const spent = process.cpuUsage({ user, system })
    least = Math.min(least, (spent.user + spent.system) / 1000 / GROUP)
  }
  return least
}

/** What a map costs under one similarity, in milliseconds: once, for each comparison, and in all. */
function costOf(name: string, maps: readonly Plane[], rounds: number): readonly number[] {
  const measure = similarities[name]!
  let prepared: readonly unknown[] = []
  const prepare = () => void (prepared = maps.map((map) => measure.prepare(map)))
  const compare = () => prepared.forEach((one, at) => measure.compare(one, prepared[(at + 1) % GROUP]))
  timeOf(rounds, prepare)
  timeOf(rounds, compare)
  const [once, each] = [timeOf(rounds, prepare), timeOf(rounds, compare)]
  return [once, each, once + COMPARISONS * each]
}

function benchScoring({ size, rounds }: { size: number; rounds: number }): void {
  const maps = Array.from({ length: GROUP }, (_, seed) => mapOf(seed, size))
  const costs = defaults.map((name) => [name, costOf(name, maps, rounds)] as const)
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
