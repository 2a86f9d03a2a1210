import {
  createRandom,
  originalWeights,
  resolveOptions,
  type Convergence,
  type LayerConvergence,
  type Options,
  type Row,
  type Summary,
} from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { convergenceAt, cosineConvergence } from '../src/checks/cosine-convergence.ts'
import { medianChanceCosine } from '../src/statistics/cosine-chance.ts'
import { factsOf, fourBlocks, groupsOf, images } from './harness.ts'

const count = 8
/** |cos| of two Gaussian vectors, as starts that never converge give them. */
function gaussianCosine(channels: number, random: ReturnType<typeof createRandom>): number {
  let [product, first, second] = [0, 0, 0]
  for (let channel = 0; channel < channels; channel++) {
    const [a, b] = [random.normal(), random.normal()]
    product += a * b
    first += a * a
    second += b * b
  }
  return Math.abs(product) / Math.sqrt(first * second)
}

function layer(name: string, channels: number, value: (at: number) => number): LayerConvergence {
  const shape = [count, 10, 5, 5] as const
  return {
    layer: name,
    channels,
    cosines: Float32Array.from({ length: count * 250 }, (_, i) => value(i)),
    shape,
  }
}

const random = createRandom('convergence')
const never = (channels: number) => () => gaussianCosine(channels, random)
const explained: Record<string, Convergence> = {
  converging: { layers: [layer('relu2', 16, () => 0.98), layer('image', 3, () => 0.9999)] },
  faithful: { layers: [layer('relu2', 16, never(16)), layer('image', 3, never(3))] },
  between: { layers: [layer('relu2', 16, () => 0.5), layer('image', 3, () => 0.9)] },
  dead: { layers: [layer('relu2', 16, () => -1), layer('image', 3, () => -1)] },
  overflowing: { layers: [layer('image', 3, () => NaN)] },
  control: { notApplicable: 'control carries no signal from the logits to the image' },
  grey: { layers: [layer('relu2', 16, () => 0.999), layer('image', 1, () => 1)] },
  low: { layers: [layer('image', 3, (at) => (at < 1000 ? 0.68 : 0.74))] },
  high: { layers: [layer('image', 3, (at) => (at < 1000 ? 0.68 : 0.79))] },
  sparse: { layers: [layer('image', 3, (at) => (at % 4 === 0 ? -1 : 0.2))] },
}

async function study(given: Options = { starts: 1 }): Promise<{ rows: Row[]; summary: Summary }> {
  const options = resolveOptions(cosineConvergence.id, cosineConvergence.options, given)
  const conditions = cosineConvergence.conditions({ model: fourBlocks, images: count, options })
  const [group] = groupsOf(images(count))
  const rows: Row[] = []
  for (const [variant, convergence] of Object.entries(explained)) {
    const scored = await cosineConvergence.score({
      variant,
      group: group!,
      conditions,
      options,
      rng: (...key) => createRandom(...key),
      maps: async () => ({ data: new Float32Array(), shape: [count, 0, 0, 0], targets: [], convergence }),
      predict: () => Promise.reject(new Error('this test has no model')),
    })
    rows.push(...scored)
  }
  const variants = factsOf(Object.keys(explained))
  return { rows, summary: cosineConvergence.summarise(rows, { options, variants }) }
}

describe('cosine-similarity convergence', () => {
  test('starts at the ends of blocks from the logits down, the lowest block left out, or where it is told to', () => {
    const starts = (given: Options) =>
      cosineConvergence
        .conditions({
          model: fourBlocks,
          images: count,
          options: resolveOptions('', cosineConvergence.options, given),
        })
        .map(({ relevance, weights }) => [relevance, weights])
    const at = (from: string, draws = 5) => [{ from, draws }, originalWeights]
    expect(starts({})).toEqual([at('dense'), at('relu2'), at('conv1')])
    expect(starts({ starts: 2 })).toEqual([at('dense'), at('conv1')])
    expect(starts({ starts: 1, draws: 3 })).toEqual([at('dense', 3)])
    expect(starts({ from: 'conv2, conv0,conv2' })).toEqual([at('conv2'), at('conv0')])
    expect(() => starts({ from: 'conv9' })).toThrow(/no layer 'conv9'/)
  })

  test('converges, does not converge, undefined, not applicable', async () => {
    const { summary } = await study()
    const outcomes = summary.findings.map(({ variant, outcome }) => [variant, outcome])
    expect(Object.fromEntries(outcomes)).toEqual({
      converging: 'converges',
      faithful: 'does not converge',
      between: 'converges in part',
      dead: 'undefined',
      overflowing: 'undefined',
      control: 'not applicable',
      grey: 'converges',
      // Half way from chance, .5, to 1 is .75: above it decides the upper bound, not the mean.
      low: 'does not converge',
      high: 'converges in part',
      sparse: 'does not converge',
    })
  })

  test('says where it was measured, and what the lowest layer of more channels says', async () => {
    const { summary } = await study()
    const notes = summary.findings.find(({ variant }) => variant === 'between')!.notes
    expect(notes).toEqual(['at image (3 channels, chance 0.500); 0.500 at relu2 (16 channels, chance 0.176)'])
  })

  test('an image of one channel says nothing: the lowest layer with several is reported instead, and counted', async () => {
    const { rows, summary } = await study()
    const finding = summary.findings.find(({ variant }) => variant === 'grey')!
    expect(finding.details).toMatchObject({ end: 'relu2', channels: 16 })
    const atImage = rows.filter(({ variant, protocol }) => variant === 'grey' && protocol['end'] === 'image')
    expect(atImage).toHaveLength(count)
    for (const row of atImage)
      expect(row).toMatchObject({
        value: null,
        status: 'undefined',
        note: 'the layer has one channel: every cosine is 1',
      })
  })

  test('nothing is skipped: every image has a row for what is undefined or not applicable, and a note counts them', async () => {
    const { rows, summary } = await study()
    const control = rows.filter(({ variant }) => variant === 'control')
    expect(control).toHaveLength(count)
    for (const row of control) expect(row.note).toContain('not applicable: control carries no signal')
    expect(summary.notes!.join('\n')).toContain(`${count}: not applicable: control carries no signal`)
    expect(summary.notes!.join('\n')).toContain('no place has a signal from both starts')
    expect(summary.notes!.join('\n')).toContain('a signal is not finite')
  })

  test('places without signal are left out of the median and their share is a row of its own', async () => {
    const { rows } = await study()
    const sparse = rows.filter(({ variant }) => variant === 'sparse')
    for (const { metric, value } of sparse)
      expect(value).toBeCloseTo(metric === 'cosine-convergence' ? 0.2 : 0.25, 2)
    expect(new Set(sparse.map(({ metric }) => metric))).toEqual(
      new Set(['cosine-convergence', 'places-without-signal']),
    )
  })

  test('summaries do not depend on the order of rows', async () => {
    const { rows, summary } = await study({ starts: 2 })
    const options = resolveOptions(cosineConvergence.id, cosineConvergence.options, { starts: 2 })
    const shuffled = createRandom('shuffle').shuffle(rows)
    const variants = factsOf(Object.keys(explained))
    expect(cosineConvergence.summarise(shuffled, { options, variants })).toEqual(summary)
  })

  test('median over places and pairs, by hand', () => {
    const four = { layer: 'x', channels: 2, shape: [2, 2, 1, 2] as const }
    const cosines = Float32Array.of(0.1, 0.9, 0.5, -1, 0.3, 0.2, 0.4, 0.6)
    expect(convergenceAt({ ...four, cosines }, 0)).toEqual({ median: 0.5, silent: 0.25 })
    expect(convergenceAt({ ...four, cosines }, 1).median).toBeCloseTo(0.35, 6)
  })

  test('curves fall from the start to the image as 1 − |cos|, beside those of chance', async () => {
    const { summary } = await study()
    const own = summary.curves!.filter(({ variant }) => variant === 'converging')
    expect(own.map(({ metric }) => metric)).toEqual(['1 − |cos| from dense', '1 − |cos| from dense chance'])
    expect(own[0]!.points.map(({ label, y }) => [label, Number(y!.toFixed(4))])).toEqual([
      ['relu2', 0.02],
      ['image', 0.0001],
    ])
    expect(own[1]!.points[1]!.y).toBeCloseTo(0.5, 6)
  })
})

describe('chance level of |cos|', () => {
  test('is exact in one, two and three dimensions', () => {
    expect(medianChanceCosine(1)).toBe(1)
    expect(medianChanceCosine(2)).toBeCloseTo(Math.SQRT1_2, 6)
    expect(medianChanceCosine(3)).toBeCloseTo(0.5, 6)
  })

  test.each([5, 16, 64])('is the median of simulated Gaussian vectors in %d dimensions', (dimensions) => {
    const stream = createRandom('chance', dimensions)
    const simulated = Float64Array.from({ length: 20_001 }, () => gaussianCosine(dimensions, stream)).sort()
    expect(Math.abs(simulated[10_000]! - medianChanceCosine(dimensions))).toBeLessThan(0.012)
  })
})
