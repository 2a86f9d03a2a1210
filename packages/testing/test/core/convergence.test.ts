import {
  createGraph,
  createModel,
  createRandom,
  defineMethod,
  resolveVariant,
  type FloatTensor,
  type GraphMethod,
  type Layer,
  type Method,
  type Model,
  type Rules,
  tensor,
  traceConvergence,
  type Weights,
} from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { seededImages, seededWeights } from '../../src/seeded-weights.ts'
import { layersOf } from '../../src/tiny-layers.ts'
import { runOnce } from '../../src/test-engine.ts'
import { buildTiny, tinyNetwork } from '../../src/tiny-networks.ts'

const base = {
  contract: 1,
  title: 'A method of this test',
  references: ['own definition'],
  options: {},
  variants: { only: { description: 'Its only variant.', handling: 'signed', options: {} } },
  traits: { resolution: 'input' },
} as const

function propagating(id: string, rules?: Rules): GraphMethod {
  return defineMethod({
    ...base,
    id,
    kind: 'graph',
    explain: ({ model, backward }) => backward(rules ? { rules } : {}).at(model.image),
  })
}

const gradient = propagating('gradient')
const guided = propagating('guided', { Relu: ({ signal, vjp, ops }) => vjp(ops.relu(signal)) })

/** Two 1×1 convolutions of three channels between the image and a head: linear, place by place. */
const linear: Model = buildTiny('linear', ({ conv, globalAverage, dense, flatten }, image) => {
  const one = { kernel: 1, bias: false }
  const above = conv('above', conv('below', image, 3, one), 3, one)
  return dense('logits', flatten('flatten', globalAverage('pool', above)), 5)
})

function linearWeights(kernel: readonly number[]): Weights {
  const weights = new Map(seededWeights(linear, { seed: 1, biases: false }))
  for (const name of ['above', 'below'])
    weights.set(`${name}/kernel`, tensor(Float32Array.from(kernel), [3, 3, 1, 1]))
  return weights
}

function startValues(shape: readonly (number | 'n' | string)[], name: string, scale = 1): FloatTensor {
  const sizes = shape.map((dim) => (typeof dim === 'number' ? dim : 2))
  const random = createRandom('start', name)
  const data = Float32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, () => scale * random.normal())
  return tensor(data, sizes)
}

/** The cosines of two images at every point below a start, by layer. */
async function cosines(
  { model, weights }: { model: Model; weights: Weights },
  method: Method,
  { from, draws = 3, scale }: { from: string; draws?: number; scale?: number },
) {
  const trace = traceConvergence(model, resolveVariant(method), { from, draws })
  if ('notApplicable' in trace) throw new Error(trace.notApplicable)
  const feeds = Object.fromEntries(
    trace.starts.map(({ name, shape }) => [name, startValues(shape, name, scale)] as const),
  )
  const outputs = Object.fromEntries(trace.points.map(({ layer, cosines: value }) => [`at ${layer}`, value]))
  const computed = await runOnce(outputs, weights, { image: seededImages(model, 2), ...feeds })
  const result = (layer: string) => computed[`at ${layer}`] as FloatTensor
  return { result, feeds, points: trace.points }
}

const median = (values: Iterable<number>) =>
  [...values].sort((a, b) => a - b).at(-1 + [...values].length / 2)!

/** |cos| of the channel vectors of two starts, worked out place by place. */
function byHand(a: FloatTensor, b: FloatTensor): number[] {
  const [n = 1, c = 1, h = 1, w = 1] = a.shape
  return Array.from({ length: n * h * w }, (_, at) => {
    const index = (channel: number) => Math.floor(at / (h * w)) * c * h * w + channel * h * w + (at % (h * w))
    let [product, first, second] = [0, 0, 0]
    for (let channel = 0; channel < c; channel++) {
      product += a.data[index(channel)]! * b.data[index(channel)]!
      first += a.data[index(channel)]! ** 2
      second += b.data[index(channel)]! ** 2
    }
    return Math.abs(product) / Math.sqrt(first * second)
  })
}

describe('convergence of random starts', () => {
  const [s, c] = [Math.sin(0.7), Math.cos(0.7)]

  it('orthogonal layers keep every angle: the cosines at the image are those of the starts', async () => {
    const weights = linearWeights([c, -s, 0, s, c, 0, 0, 0, 1])
    const { result, feeds, points } = await cosines({ model: linear, weights }, gradient, {
      from: 'above',
      draws: 2,
    })
    expect(points.map(({ layer, channels }) => [layer, channels])).toEqual([
      ['below', 3],
      ['image', 3],
    ])
    const [a, b] = Object.values(feeds) as [FloatTensor, FloatTensor]
    const expected = byHand(a, b)
    for (const layer of ['below', 'image']) {
      expect(result(layer).shape).toEqual([2, 1, 8, 8])
      ;[...result(layer).data].forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4))
    }
  })

  it('a layer of rank one leaves a factor of the start and no more: every cosine is 1', async () => {
    const [u, v] = [
      [1, -2, 0.5],
      [3, 1, -1],
    ] as const
    const weights = linearWeights(u.flatMap((a) => v.map((b) => a * b)))
    const { result } = await cosines({ model: linear, weights }, gradient, { from: 'above' })
    for (const value of result('image').data) expect(value).toBeCloseTo(1, 5)
  })

  it('pairs are all pairs, and signals as small as 1e-30 have the same angles', async () => {
    const weights = linearWeights([1, 2, 0, 0, 1, 1, -1, 0, 3])
    const net = { model: linear, weights }
    const { result } = await cosines(net, gradient, { from: 'above', draws: 4 })
    expect(result('image').shape).toEqual([2, 6, 8, 8])
    const small = await cosines(net, gradient, { from: 'above', draws: 4, scale: 1e-30 })
    small.result('image').data.forEach((value, i) => expect(value).toBeCloseTo(result('image').data[i]!, 4))
  })

  it('a place that no start reaches is -1, not 0 and not 1', async () => {
    const weights = linearWeights([0, 0, 0, 0, 0, 0, 0, 0, 0])
    const { result } = await cosines({ model: linear, weights }, gradient, { from: 'above' })
    expect(new Set(result('image').data)).toEqual(new Set([-1]))
  })

  it('a pair of which one start alone is silent is -1 too, and leaves the other pairs as they are', async () => {
    const weights = linearWeights([c, -s, 0, s, c, 0, 0, 0, 1])
    const trace = traceConvergence(linear, resolveVariant(gradient), { from: 'above', draws: 3 })
    if ('notApplicable' in trace) throw new Error(trace.notApplicable)
    const feeds = trace.starts.map(
      ({ name, shape }, draw) => [name, startValues(shape, name, draw === 0 ? 0 : 1)] as const,
    )
    const inputs = { image: seededImages(linear, 2), ...Object.fromEntries(feeds) }
    const { cosines: value } = trace.points.at(-1)!
    const { data } = (await runOnce({ cosines: value }, weights, inputs))['cosines'] as FloatTensor
    const expected = byHand(feeds[1]![1], feeds[2]![1])
    for (let at = 0; at < 128; at++) {
      const [image, place] = [Math.floor(at / 64), at % 64]
      const [silent, alsoSilent, sounding] = [0, 1, 2].map((pair) => data[(image * 3 + pair) * 64 + place]!)
      expect([silent, alsoSilent]).toEqual([-1, -1])
      expect(sounding).toBeCloseTo(expected[at]!, 4)
    }
  })

  it('of a large signal every third place is compared, and small ones wholly', async () => {
    const graph = createGraph()
    const image = graph.ops.input('image', ['n', 3, 70, 40])
    const layers = layersOf(graph)
    const above = layers.conv('above', image, 3, { kernel: 1, bias: false })
    const logits = layers.dense('logits', layers.flatten('flatten', layers.globalAverage('pool', above)), 5)
    const model = createModel({ name: 'large', graph, image, logits, head: 'none' })
    const weights = new Map(seededWeights(model, { seed: 1, biases: false }))
    weights.set('above/kernel', tensor(Float32Array.of(c, -s, 0, s, c, 0, 0, 0, 1), [3, 3, 1, 1]))
    const { result, feeds } = await cosines({ model, weights }, gradient, { from: 'above', draws: 2 })
    expect(result('image').shape).toEqual([2, 1, 24, 14])
    const [a, b] = Object.values(feeds) as [FloatTensor, FloatTensor]
    const all = byHand(a, b)
    const third = all.filter((_, at) => Math.floor((at % 2800) / 40) % 3 === 0 && (at % 40) % 3 === 0)
    result('image').data.forEach((value, i) => expect(value).toBeCloseTo(third[i]!, 4))
  })

  it("takes a method's own rules: guided backpropagation converges more than the gradient", async () => {
    const net = tinyNetwork('skip', { biases: false })
    const at = async (method: Method) => {
      const { result } = await cosines(net, method, { from: 'logits', draws: 5 })
      return median([...result('relu1').data].filter((value) => value !== -1))
    }
    expect(await at(guided)).toBeGreaterThan((await at(gradient)) + 0.05)
  })

  it('starts at dense layers too, whose signals are vectors at one place', async () => {
    const { result } = await cosines(tinyNetwork('dense-only'), gradient, { from: 'logits' })
    expect(result('relu1').shape).toEqual([2, 3, 1, 1])
  })
})

describe('where random starts are no question', () => {
  const { model } = tinyNetwork('skip')
  const reason = (method: Method) => {
    const trace = traceConvergence(model, resolveVariant(method), { from: 'logits', draws: 2 })
    return 'notApplicable' in trace ? trace.notApplicable : 'applies'
  }

  it('says why: nothing propagated, not to the image, several walks, sampling, composition', () => {
    const still: Method = defineMethod({
      ...base,
      id: 'still',
      kind: 'graph',
      explain: (own) => own.model.image,
    })
    const above: Method = defineMethod({
      ...base,
      id: 'above',
      kind: 'graph',
      explain: (own) => own.backward().at((own.model.target.layer as Layer).output),
    })
    const twice: Method = defineMethod({
      ...base,
      id: 'twice',
      kind: 'graph',
      explain: ({ model: { image }, ops, backward }) =>
        ops.add(backward().at(image), backward({ rules: {} }).at(image)),
    })
    const sampling: Method = defineMethod({
      ...base,
      id: 'sampling',
      kind: 'sampling',
      of: () => 'gradient',
      samples: () => [],
    })
    const composition: Method = defineMethod({
      ...base,
      id: 'composition',
      kind: 'composition',
      of: () => [],
      combine: (own) => own.model.image,
    })
    expect(reason(still)).toBe('it carries no signal from the logits to the image')
    expect(reason(above)).toBe('it carries no signal from the logits to the image')
    expect(reason(twice)).toBe('it carries 2 signals to the image, not one')
    expect(reason(sampling)).toContain('averages another variant')
    expect(reason(composition)).toContain('combines the maps of other variants')
    expect(reason(gradient)).toBe('applies')
  })

  it('a start that the model does not have is an error with the nearest names', () => {
    expect(() => traceConvergence(model, resolveVariant(gradient), { from: 'relu9', draws: 2 })).toThrow(
      /no layer 'relu9'/,
    )
  })
})
