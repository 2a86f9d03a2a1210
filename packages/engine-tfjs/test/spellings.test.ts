import {
  createGraph,
  createModel,
  resolveVariant,
  tensor,
  trace,
  type FloatTensor,
  type Method,
  type Model,
  type Ops,
  type Value,
} from '@saliency/core'
import baseline from '@saliency/method-baseline'
import fullgrad from '@saliency/method-fullgrad'
import gradcampp from '@saliency/method-gradcampp'
import guided from '@saliency/method-guided'
import { lrp } from '@saliency/method-lrp'
import rectgrad from '@saliency/method-rectgrad'
import { oneHot, runOnce, seededImages, seededWeights } from '@saliency/testing'
import { describe, expect, it } from 'vitest'

type Apply = (ops: Ops, x: Value, slope: Value) => Value

const methods = [baseline, fullgrad, gradcampp, guided, lrp, rectgrad].flat() as unknown as readonly Method[]
const variants = methods
  .filter(({ kind }) => kind !== 'sampling')
  .flatMap((method) => Object.keys(method.variants).map((name) => resolveVariant(method, name)))

/** Two convolutions, each with the function behind it, and a pooled head. */
function network(apply: Apply): Model {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 3, 8, 8])
  const conv = (name: string, x: Value) => {
    const ops = graph.layer(name)
    const kernel = ops.parameter(`${name}/kernel`, [4, Number(x.shape[1]), 3, 3], 'kernel')
    return ops.conv(x, kernel, ops.parameter(`${name}/bias`, [4], 'bias'), { pads: [1, 1, 1, 1] })
  }
  const slope = graph.ops.parameter('slope', [4, 1, 1], 'slope')
  const first = apply(graph.layer('act1'), conv('conv1', image), slope)
  const second = apply(graph.layer('act2'), conv('conv2', first), slope)
  const pooled = graph.layer('flatten').flatten(graph.layer('pool').globalAveragePool(second))
  const dense = graph.layer('dense')
  const weight = dense.parameter('dense/kernel', [4, 5], 'kernel')
  const logits = dense.gemm(pooled, weight, dense.parameter('dense/bias', [5], 'bias'))
  return createModel({ name: 'spelled', graph, image, logits, head: 'none' })
}

async function mapsOf(model: Model, refused: readonly string[]): Promise<Record<string, FloatTensor>> {
  const { traced, failures } = trace({ model, variants, methods })
  expect(failures.map(({ variant }) => variant.id)).toEqual(refused)
  for (const { error } of failures) expect(error.message).toContain('enters a norm and nothing else')
  const outputs = Object.fromEntries(traced.map(({ variant, map }) => [variant.id, map]))
  const images = seededImages(model, 2)
  const noise = traced.flatMap((each) => each.noise.map((name) => [name, seededImages(model, 2, 9)] as const))
  const feeds = { image: images, direction: oneHot(model, [1, 3]) }
  const oneChannel = ({ data }: FloatTensor) => tensor(data.slice(0, 128), [2, 1, 8, 8])
  const streams = Object.fromEntries(noise.map(([name, values]) => [name, oneChannel(values)]))
  const weights = seededWeights(model, { seed: 5, biases: true })
  return (await runOnce({ ...outputs }, weights, { ...feeds, ...streams })) as Record<string, FloatTensor>
}

const centred = (ops: Ops, x: Value) => ops.sub(x, ops.reduceMean(x, { axes: [1] }))
const variance = (ops: Ops, x: Value) => ops.reduceMean(ops.mul(x, x), { axes: [1] })

const pairs: Readonly<Record<string, readonly [operator: Apply, spelling: Apply]>> = {
  'hard-swish as x · clip(x + 3, 0, 6)/6': [
    (o, x) => o.hardSwish(x),
    (o, x) => o.div(o.mul(x, o.clip(o.add(x, 3), 0, 6)), 6),
  ],
  'GELU with the half in front': [
    (o, x) => o.gelu(x),
    (o, x) => o.mul(o.mul(x, 0.5), o.add(o.erf(o.div(x, Math.SQRT2)), 1)),
  ],
  'SiLU as x/(1 + exp(−x))': [(o, x) => o.swish(x), (o, x) => o.div(x, o.add(o.exp(o.neg(x)), 1))],
  'Mish as x · tanh(log(1 + exp(x)))': [
    (o, x) => o.mish(x),
    (o, x) => o.mul(x, o.tanh(o.log(o.add(o.exp(x), 1)))),
  ],
  'PReLU as relu(x) − a · relu(−x)': [
    (o, x, slope) => o.pRelu(x, slope),
    (o, x, slope) => o.sub(o.relu(x), o.mul(slope, o.relu(o.neg(x)))),
  ],
  'ReLU6 as min(relu(x), 6)': [(o, x) => o.clip(x, 0, 6), (o, x) => o.min(o.relu(x), 6)],
  'layer norm as x − m times 1/√v': [
    (o, x) => o.div(centred(o, x), o.sqrt(o.add(variance(o, centred(o, x)), 1e-5))),
    (o, x) => o.mul(centred(o, x), o.reciprocal(o.sqrt(o.add(variance(o, centred(o, x)), 1e-5)))),
  ],
}

/** Of activations that only a norm reads, gradient times activation sums to zero at every place: nothing to compare. */
const refusedBeforeNorms = ['gradcampp/hirescam', 'gradcampp/hirescam-no-relu']

describe('one function has one map, however a file spells it', () => {
  it.each(Object.entries(pairs))('%s', async (name, [operator, spelling]) => {
    const refused = name.startsWith('layer norm') ? refusedBeforeNorms : []
    const wanted = await mapsOf(network(operator), refused)
    const found = await mapsOf(network(spelling), refused)
    expect(variants.length).toBeGreaterThan(50)
    for (const { id } of variants.filter((variant) => !refused.includes(variant.id))) {
      const most = Math.max(...(wanted[id] as FloatTensor).data.map(Math.abs))
      const apart = (wanted[id] as FloatTensor).data.map(
        (value, at) => value - ((found[id] as FloatTensor).data[at] as number),
      )
      expect(Math.max(...apart.map(Math.abs)) / (most || 1), id).toBeLessThan(1e-5)
    }
  })
})
