import type { Graph, Method, Model, Value } from '@saliency/core'
import { openExplainer, resolveSelections, traceVariants } from '@saliency/explain'
import attention from '@saliency/method-attention'
import baseline from '@saliency/method-baseline'
import fullgrad from '@saliency/method-fullgrad'
import gradcampp from '@saliency/method-gradcampp'
import guided from '@saliency/method-guided'
import lrp from '@saliency/method-lrp'
import rectgrad from '@saliency/method-rectgrad'
import {
  buildTiny,
  oneHot,
  seededImages,
  seededWeights,
  testEngine,
  tinyTransformer,
} from '@saliency/testing'
import { describe, expect, it } from 'vitest'

const methods = [attention, baseline, fullgrad, gradcampp, guided, lrp, rectgrad].flat() as readonly Method[]
const graphMethods = methods.filter(({ kind }) => kind === 'graph')

/** q (kᵀ v): attention without a softmax, between products that no pattern of this project names. */
function linearAttention(graph: Graph, x: Value): Value {
  const dense = (name: string) =>
    graph.layer(name).matMul(x, graph.ops.parameter(`${name}/kernel`, [6, 6], 'kernel'))
  const [q, k, v] = [dense('q'), dense('k'), dense('v')]
  const context = graph.layer('context').matMul(graph.layer('turn').transpose(k, [0, 2, 1]), v)
  return graph.layer('read').gelu(graph.layer('weighted').matMul(q, context))
}

const unusual: readonly (readonly [what: string, model: Model, reason: string])[] = [
  ['whose tokens form no grid, as a text model', tinyTransformer({ hasGrid: false }), 'form no grid'],
  [
    'with an attention that is not recognised',
    buildTiny('linear attention', ({ conv, flatten, dense }, image, graph) => {
      const places = graph.layer('places').reshape(conv('patches', image, 6), ['n', 6, 64])
      const tokens = graph.layer('tokens').transpose(places, [0, 2, 1])
      return dense('logits', flatten('flatten', linearAttention(graph, tokens)), 5)
    }),
    "layer 'context' multiplies two signals",
  ],
]

describe.each(unusual)('a transformer %s', (_, model, reason) => {
  const set = traceVariants(
    model,
    resolveSelections(graphMethods.map((method) => ({ method, options: {} }))),
    methods,
  )
  const reasons = new Map(set.failures.map(({ variant, error }) => [variant.id, error.message]))

  it('has no attention maps, and the layer or the lack is named', () => {
    const needing = ['attention', 'transformer-attribution']
    const refused = [...reasons].filter(([id]) => needing.includes(String(id.split('/')[0])))
    expect(refused).toHaveLength(
      needing.flatMap((id) => Object.keys(methods.find((one) => one.id === id)?.variants ?? {})).length,
    )
    for (const [id, message] of refused) {
      expect(message, id).toMatch(/^[a-z-]+ cannot explain [^\n]+; explain it with another method\.$/)
    }
    expect(reasons.get('attention/genatt')).toContain(reason)
  })

  it('has the maps of every gradient, which need no attention', async () => {
    const families = ['guided', 'baseline', 'fullgrad', 'rectgrad']
    const wanted = set.variants.filter(({ method }) => families.includes(method.id))
    expect(wanted.map(({ id }) => id).filter((id) => reasons.has(id))).toEqual([])
    const weights = seededWeights(model, { seed: 1, biases: true })
    const explainer = openExplainer(
      { model, weights },
      { engine: await testEngine(), variants: wanted, methods },
    )
    const maps = await explainer.explain({
      images: seededImages(model, 1),
      targets: oneHot(model, [2]),
    })
    expect(maps).toHaveLength(wanted.length)
    for (const { id, data } of maps) expect(data.every(Number.isFinite), id).toBe(true)
    expect(maps.find(({ id }) => id === 'guided/gradient')?.data.some((value) => value !== 0)).toBe(true)
    await explainer.dispose()
  })
})

it('class activation maps refuse a transformer whose tokens form no grid, and say what its tokens are', () => {
  const { failures } = traceVariants(
    tinyTransformer({ hasGrid: false }),
    resolveSelections([{ method: methods.find(({ id }) => id === 'gradcampp') as Method, options: {} }]),
    methods,
  )
  expect(failures).toHaveLength(
    Object.keys(methods.find(({ id }) => id === 'gradcampp')?.variants ?? {}).length,
  )
  for (const { error } of failures) expect(error.message).toMatch(/is no image/)
})
