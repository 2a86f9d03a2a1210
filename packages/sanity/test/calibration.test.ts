import { createRandom } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { calibrate, type Calibration, type Population } from './simulation.ts'

const populations: readonly Population[] = [
  { name: 'images differ', image: 0.15, draw: 0, both: 0.1 },
  { name: 'draws differ a little', image: 0.15, draw: 0.03, both: 0.1 },
  { name: 'draws differ as images do', image: 0.1, draw: 0.1, both: 0.1 },
  { name: 'draws differ, skewed', image: 0.1, draw: 0.1, both: 0.1, skewed: true },
]
const [images, , draws] = populations as [Population, Population, Population]

/** Three standard errors of a share of `studies`. */
const margin = (share: number, studies: number) => 3 * Math.sqrt((share * (1 - share)) / studies)

function run(population: Population, count: number, drawn: number, sharedDraws: boolean, studies: number) {
  const random = createRandom('calibration', population.name, count, drawn)
  return calibrate(population, { images: count, draws: drawn, sharedDraws }, studies, random)
}

describe.each([32, 100, 300])('simulated studies of %d images', (count) => {
  const studies = Math.round(9600 / count) + 100

  test('5 shared draws: p is right where nothing differs, intervals hold, and a difference is found', () => {
    const found = run(draws, count, 5, true, studies)
    expect(found.falseAlarms).toBeLessThan(0.06 + margin(0.06, studies))
    for (const name of ['same', 'chance', 'survival', 'retained'] as const)
      expect(found[name], name).toBeGreaterThan(0.94 - margin(0.94, studies))
    const steady = run(populations[1]!, count, 5, true, studies)
    expect(steady.falseAlarms).toBeLessThan(0.06 + margin(0.06, studies))
    expect(steady.power).toBeGreaterThan(0.5)
  })

  test('images alone: neither too narrow nor, for the chance level, too wide', () => {
    const random = createRandom('calibration of intervals', count)
    const found = calibrate(images, { images: count, draws: 1, sharedDraws: false }, 400, random, false)
    for (const name of ['same', 'chance', 'survival'] as const) {
      expect(found[name], name).toBeGreaterThan(0.94 - margin(0.94, 400))
      expect(found[name], name).toBeLessThan(0.985)
    }
  })

  test('one shared draw: no p, no interval', () => {
    expect(run(draws, count, 1, true, 3)).toMatchObject({ same: 0, retained: 0, falseAlarms: 0, power: 0 })
  })
})

const full = Number(process.env['SALIENCY_CALIBRATION'] ?? 0)

test.skipIf(full === 0)(
  'the table of the protocol page: SALIENCY_CALIBRATION=2000 studies',
  () => {
    const percent = (share: number) => (100 * share).toFixed(1)
    const columns = ['same', 'chance', 'survival', 'retained', 'falseAlarms', 'power'] as const
    const line = (title: string, found: Calibration) =>
      `| ${title} | ${columns.map((name) => percent(found[name])).join(' | ')} |`
    const lines = [1, 2, 3, 5, 10].flatMap((drawn) =>
      [32, 100, 300].flatMap((count) =>
        (drawn === 1 ? [images] : populations).map((population) => {
          const title = `${drawn === 1 ? 'class' : 'parameters'} | ${drawn} | ${count} | ${population.name}`
          return line(title, run(population, count, drawn, drawn > 1, full))
        }),
      ),
    )
    const head = '| axis | draws | images | population | s | c | e | ratio | p ≤ .05, no difference | power |'
    process.stdout.write(`${[head, '|---|---|---|---|---|---|---|---|---|---|', ...lines].join('\n')}\n`)
    expect(lines).toHaveLength(3 + 4 * 3 * 4)
  },
  3_600_000,
)
