import {
  defineMethod,
  type FloatTensor,
  type GraphMethod,
  type Method,
  type Options,
  tensor,
  type Value,
} from '@saliency/core'
import {
  buildTiny,
  explainWith,
  oneHot,
  runOnce,
  seededImages,
  seededWeights,
  tinyNetwork,
  type TinyNetwork,
} from '@saliency/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lrp } from '../src/index.ts'

const method = lrp as unknown as Method

/** Input × gradient times the logit's own sign and size left out: what LRP-0 started at the logit must equal. */
const inputTimesGradient: GraphMethod<Record<never, never>> = defineMethod({
  contract: 1,
  id: 'input-times-gradient',
  title: 'Input × gradient',
  references: ['Shrikumar et al. 2016 (arXiv:1605.01713)'],
  options: {},
  variants: { map: { description: 'Input × gradient.', handling: 'signed', options: {} } },
  traits: { resolution: 'input' },
  kind: 'graph',
  explain: ({ model, ops, backward }) => ops.mul(model.image, backward().at(model.image)),
})

const magnitudes = ({ data, shape }: FloatTensor) => tensor(data.map(Math.abs), shape)

async function mapOf(
  { model, weights }: TinyNetwork,
  options: Options,
  { value = 1, image = 1, positive = false, target = 1, using = method, variant = 'epsilon' } = {},
): Promise<FloatTensor> {
  const drawn = seededImages(model, 1, image)
  const inputs = positive ? magnitudes(drawn) : drawn
  const direction = oneHot(model, [target], value)
  const maps = await explainWith({
    model,
    weights,
    method: using,
    variants: [variant],
    options,
    inputs,
    direction,
  })
  return maps.get(variant) as FloatTensor
}

/** Whether any feature speaks for the class: without one, relevance has nowhere to go from the logit. */
async function hasPositivePath({ model, weights }: TinyNetwork, image: number, target = 1): Promise<boolean> {
  const { inputs } = model.logits.node
  const [features] = inputs as readonly [Value]
  const results = await runOnce({ features }, weights, { image: magnitudes(seededImages(model, 1, image)) })
  const kernel = weights.get('logits/kernel') as FloatTensor
  const classes = Number(kernel.shape[1])
  return [...(results.features?.data ?? [])].some(
    (feature, at) => Number(feature) * Number(kernel.data[at * classes + target]) > 0,
  )
}

const sum = ({ data }: FloatTensor) => data.reduce((total, value) => total + value, 0)
const seeds = fc.integer({ min: 1, max: 10_000 })
/** Piecewise linear, and every activation passes what it gets: ReLU, max pooling, batch norm, sums, concatenation. */
const linear = fc.constantFrom(
  'one-relu',
  'skip',
  'conv-pool',
  'batch-norm',
  'concat',
  'dense-only',
  'shared-activation',
)
const settings = { numRuns: 30, seed: 11 }

/** Convolution, x times what `mask` makes of x, dense layer. */
function maskedNetwork(mask: (x: Value) => Value, seed: number): TinyNetwork {
  const model = buildTiny('masked', ({ conv, dense, flatten }, image) => {
    const x = conv('conv', image, 4)
    return dense('logits', flatten('flatten', x.graph.layer('masked').mul(x, mask(x))), 5)
  })
  return { name: 'masked', model, weights: seededWeights(model, { seed, biases: true }), spatial: true }
}

describe('identities', () => {
  it.each<[string, (x: Value) => Value]>([
    ['x > 0', (x) => x.graph.ops.cast(x.graph.ops.greater(x, 0), 'float32')],
    ['1 − (0 > x)', (x) => x.graph.ops.sub(1, x.graph.ops.cast(x.graph.ops.greater(0, x), 'float32'))],
  ])(
    'a mask %s of truth values is no second signal: x · mask has the relevance of the ReLU',
    async (_, mask) => {
      const expected = await mapOf(
        maskedNetwork(mask, 3),
        {},
        {
          using: inputTimesGradient as unknown as Method,
          variant: 'map',
        },
      )
      const actual = await mapOf(maskedNetwork(mask, 3), { epsilon: 0, stabilizer: 0, start: 'logit' })
      expect(actual).toBeCloseToMap(expected, 5e-3)
    },
  )

  it('LRP-0 started at the logit is input × gradient', async () => {
    await fc.assert(
      fc.asyncProperty(linear, seeds, fc.constantFrom('merge', 'rule'), async (name, seed, batchNorm) => {
        const network = tinyNetwork(name, { seed })
        const expected = await mapOf(
          network,
          {},
          { image: seed, using: inputTimesGradient as unknown as Method, variant: 'map' },
        )
        const actual = await mapOf(
          network,
          { epsilon: 0, stabilizer: 0, batchNorm, start: 'logit' },
          { image: seed },
        )
        // Shares over sums near zero cancel only to within single precision.
        expect(actual).toBeCloseToMap(expected, 5e-3)
      }),
      settings,
    )
  })

  const positiveParts = fc.constantFrom('excitation-backprop', 'deep-taylor', 'deep-taylor-unbounded')
  it('positive parts hand all of a start ≥ 0 to pixels ≥ 0, none of it negative', async () => {
    await fc.assert(
      fc.asyncProperty(linear, seeds, positiveParts, async (name, seed, composite) => {
        const network = tinyNetwork(name, { seed, biases: false })
        // Without a stabiliser, nothing is lost below the classifier: every open unit has a positive input.
        const map = await mapOf(network, { composite, stabilizer: 0 }, { image: seed, positive: true })
        expect(Math.min(...map.data)).toBeGreaterThanOrEqual(0)
        expect(sum(map)).toBeCloseTo((await hasPositivePath(network, seed)) ? 1 : 0, 4)
      }),
      {
        ...settings,
        numRuns: 60,
        examples: [
          ['skip', 8352, 'excitation-backprop'],
          ['dense-only', 1, 'excitation-backprop'],
        ],
      },
    )
  })

  it('scales with the start, and nothing else', async () => {
    const composites = fc.constantFrom(
      'epsilon',
      'epsilon-plus',
      'epsilon-alpha-beta-flat',
      'epsilon-gamma-box',
      'deep-taylor',
    )
    await fc.assert(
      fc.asyncProperty(
        linear,
        seeds,
        composites,
        // Powers of two, which round nothing.
        fc.constantFrom(0.125, 2, 8),
        async (name, seed, composite, value) => {
          const network = tinyNetwork(name, { seed })
          const once = await mapOf(network, { composite }, { image: seed })
          const scaled = await mapOf(network, { composite }, { image: seed, value })
          expect(scaled.data).toEqual(once.data.map((each) => each * value))
        },
      ),
      settings,
    )
  })

  it('gamma with a large γ is alpha-1-beta-0', async () => {
    await fc.assert(
      fc.asyncProperty(linear, seeds, async (name, seed) => {
        const network = tinyNetwork(name, { seed })
        // At negative outputs gamma boosts what is negative, so relevance must come from open units alone: not
        // from a negative logit, nor from a negative branch of a sum.
        const openOnly = (rule: string) => ({ rules: `last=epsilon; sum=z-plus; *=${rule}` })
        const limit = await mapOf(network, openOnly('gamma(1e7)'), { image: seed })
        const expected = await mapOf(network, openOnly('z-plus'), { image: seed })
        expect(limit).toBeCloseToMap(expected, 1e-3)
      }),
      { ...settings, examples: [['skip', 1]] },
    )
  })

  it('−y turns the sign of epsilon relevance that starts at the logit, and that of z-plus gives another map', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('skip', 'conv-pool', 'concat'), seeds, async (name, seed) => {
        const network = tinyNetwork(name, { seed })
        const weights = new Map(network.weights)
        for (const key of ['logits/kernel', 'logits/bias']) {
          const old = weights.get(key) as FloatTensor
          weights.set(
            key,
            tensor(
              old.data.map((value) => -value),
              old.shape,
            ),
          )
        }
        const negated = { ...network, weights }
        const start = { start: 'logit' } as const
        const [map, turned] = [
          await mapOf(network, start, { image: seed }),
          await mapOf(negated, start, { image: seed }),
        ]
        expect(turned).toBeCloseToMap(
          tensor(
            map.data.map((value) => -value),
            map.shape,
          ),
          1e-4,
        )
        const positive = { composite: 'z-plus', start: 'logit' } as const
        const [plus, other] = [
          await mapOf(network, positive, { image: seed }),
          await mapOf(negated, positive, { image: seed }),
        ]
        const opposite = tensor(
          plus.data.map((value) => -value),
          plus.shape,
        )
        expect(other).not.toBeCloseToMap(opposite, 1e-2)
      }),
      { ...settings, numRuns: 10 },
    )
  })

  const withBatchNorm = ['epsilon-plus', 'epsilon-gamma', 'epsilon-alpha-beta']
  it('takes an entry for batch norm as the option of that name', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(...withBatchNorm), async (seed, composite) => {
        const network = tinyNetwork('batch-norm', { seed })
        const passed = await mapOf(network, { composite, batchNorm: 'pass' }, { image: seed })
        const named = await mapOf(network, { composite, rules: 'batch-norm=pass' }, { image: seed })
        expect(named).toBeCloseToMap(passed, 1e-6)
      }),
      settings,
    )
  })

  it.each(withBatchNorm)('%s is not invariant to what is done with batch norm', async (composite) => {
    const network = tinyNetwork('batch-norm', { seed: 3 })
    const merged = await mapOf(network, { composite })
    for (const batchNorm of ['pass', 'rule', 'gradient'])
      expect(await mapOf(network, { composite, batchNorm })).not.toBeCloseToMap(merged, 1e-2)
  })
})
