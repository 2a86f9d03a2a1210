import { resolveVariant, tensor, trace, traceLedger, type FloatTensor, type Method } from '@saliency/core'
import { buildTiny, explainWith, oneHot, seededImages, seededWeights } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { createLrp, type Modifier, type NamedRules } from '../src/index.ts'
import { twinNetwork } from './networks.ts'
import { epsilonOracle, relevanceOracle, type OracleRule } from './oracle.ts'

const magnitude: Modifier = (x, ops) => ops.abs(x)
const parts = [{ input: magnitude, weight: magnitude, bias: 'zero' } as const]
const rules: NamedRules = {
  absolute: {
    takes: ['stabilizer'],
    make: ([given], { stabilizer }) => ({
      name: 'absolute',
      stabilizer: given ?? stabilizer,
      shares: [{ factor: 1, parts }],
    }),
  },
  // xw / z by hand, without a stabiliser.
  plain: {
    takes: [],
    make: () => ({
      name: 'plain',
      propagate({ ops, inputs, signal, output, linear }) {
        const back = linear().transpose(ops.div(signal, output))
        return inputs.map((input, index) => ops.mul(input, back[index] ?? input))
      },
    }),
  },
}
const own = createLrp({
  id: 'lrp-own',
  title: 'LRP with own rules',
  references: ['own definition'],
  rules,
  composites: { absolute: '*=absolute', plain: '*=plain', mixed: 'first=plain; *=absolute(0.25)' },
  variants: {
    absolute: { description: '|xw|.', handling: 'absolute', options: { composite: 'absolute' } },
    plain: { description: 'xw / z.', handling: 'signed', options: { composite: 'plain' } },
    mixed: { description: 'Both.', handling: 'signed', options: { composite: 'mixed' } },
    shipped: { description: "The package's own composite.", handling: 'signed', options: {} },
  },
}) as unknown as Method

/** |xᵢwᵢⱼ| / (Σᵢ|xᵢwᵢⱼ| + ε) · Rⱼ, straight from the formula. */
const absoluteOracle =
  (epsilon: number): OracleRule =>
  ({ x, w, R }) =>
    x.map((value, i) =>
      R.reduce((sum, relevance, j) => {
        const of = (k: number) => Math.abs((x[k] as number) * ((w[k] as readonly number[])[j] as number))
        const all = x.reduce((total, _, k) => total + of(k), epsilon)
        return sum + (Number.isFinite(value) ? of(i) / all : 0) * relevance
      }, 0),
    )

const twin = twinNetwork([{ channels: 3 }, { channels: 2, strides: [2, 2] }], 5)
const inputs = seededImages(twin.model, 1)

async function explain(variant: string): Promise<FloatTensor> {
  const { model, weights } = twin
  const direction = oneHot(model, [1])
  const maps = await explainWith({
    model,
    weights,
    method: own,
    variants: [variant],
    inputs,
    direction,
  })
  return maps.get(variant) as FloatTensor
}
const relevance = (ruleOf: (layer: number) => OracleRule) =>
  tensor(Float32Array.from(relevanceOracle(twin.matrices, [...inputs.data], 1, ruleOf)), inputs.shape)

describe('a rule of one’s own', () => {
  it('as data shares by what its modifiers make of inputs and weights', async () => {
    expect(await explain('absolute')).toBeCloseToMap(
      relevance(() => absoluteOracle(1e-6)),
      1e-5,
    )
  })

  it('may hand relevance down by itself', async () => {
    expect(await explain('plain')).toBeCloseToMap(
      relevance(() => epsilonOracle(0)),
      1e-3,
    )
  })

  it('mixes with others and takes its numbers', async () => {
    const wanted = relevance((layer) => (layer === 0 ? epsilonOracle(0) : absoluteOracle(0.25)))
    expect(await explain('mixed')).toBeCloseToMap(wanted, 1e-3)
  })

  it('stands beside the package’s own', async () => {
    expect(await explain('shipped')).toBeCloseToMap(
      relevance(() => epsilonOracle(1e-6)),
      1e-3,
    )
  })

  it('applies to sums, whose weights are 1 and −1', async () => {
    const model = buildTiny('difference', ({ conv, relu, dense, flatten, globalAverage }, image, graph) => {
      const [a, b] = [relu('relu1', conv('conv1', image, 3)), relu('relu2', conv('conv2', image, 3))]
      return dense('logits', flatten('flatten', globalAverage('pool', graph.layer('minus').sub(a, b))), 5)
    })
    const variant = resolveVariant(own, 'absolute', { rules: 'sum=absolute' })
    const entry = traceLedger(model, variant).find(({ layer }) => layer === 'minus')
    expect(entry?.rule).toBe('absolute')
    const maps = await explainWith({
      model,
      weights: seededWeights(model, { seed: 3, biases: false }),
      method: own,
      variants: ['absolute'],
      options: { rules: 'sum=absolute; pool=absolute' },
      inputs: seededImages(model, 1),
      direction: oneHot(model, [2]),
    })
    const map = maps.get('absolute') as FloatTensor
    // Absolute shares conserve relevance, which starts as 1.
    expect(map.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 3)
  })

  it.each([
    ['*=plain(1)', /plain\(1\) has too many numbers: it takes no numbers/],
    ['*=plain(no-bias)', /plain cannot be written with 'no-bias'/],
    ['*=absolut', /no rule 'absolut'; there are .*absolute, plain, pass, gradient/],
  ])('is refused as %s', (composite, message) => {
    const { model } = twin
    const { failures } = trace({
      model,
      variants: [resolveVariant(own, 'shipped', { rules: composite })],
    })
    expect(String(failures[0]?.error)).toMatch(message)
  })
})
