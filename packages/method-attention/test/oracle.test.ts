import { createGraph, createModel, tensor } from '@saliency/core'
import { explainWith, oneHot, seededImages, tinyNetwork, visionTransformer } from '@saliency/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { attention } from '../src/index.ts'
import {
  attended,
  each,
  identity,
  map,
  mean,
  plus,
  rowsNormalised,
  times,
  total,
  turned,
  type Attended,
  type Matrix,
} from './oracle.ts'

const relu = (value: number) => Math.max(value, 0)
const same = (value: number) => value
const target = 2

/** Products of whole matrices from the first block to the last, as the papers print them. */
const product = (matrices: readonly Matrix[]) =>
  matrices.reduce((R, M) => times(M, R), identity(matrices[0]!.length))
const plusOne = (M: Matrix) => plus(M, identity(M.length))

/** Ē of h(A ⊙ g) per block. */
const weighted = ({ A, g }: Attended, h: typeof relu) =>
  A.map((heads, block) => mean(heads.map((one, head) => map(each(one, g[block]![head]!), h))))

/** Formulas by matrices; each returns `[t, t]`, of which the rows that are read are averaged. */
const formulas: Readonly<Record<string, (attended: Attended) => Matrix>> = {
  raw: ({ A }) => mean(A.at(-1)!),
  rollout: ({ A }) => product(A.map((heads) => rowsNormalised(plusOne(mean(heads))))),
  'grad-rollout': (of) =>
    product(weighted(of, same).map((M) => rowsNormalised(map(plusOne(map(M, relu)), (value) => value / 2)))),
  genatt: (of) => product(weighted(of, relu).map(plusOne)),
  'genatt-relu-after-heads': (of) => product(weighted(of, same).map((M) => plusOne(map(M, relu)))),
  'genatt-no-relu': (of) => product(weighted(of, same).map(plusOne)),
}

/** The head-wise form of Beyond Intuition from the fourth block, with signs dropped or kept. */
async function beyondIntuition(network: ReturnType<typeof tinyNetwork>, isSigned: boolean): Promise<Matrix> {
  const { A, g } = await attended(network, target)
  const blocks = A.slice(3).map((heads, index) => {
    const products = heads.map((one, head) => times(turned(one), g[index + 3]![head]!))
    const weights = products.map((M) => total(isSigned ? M : map(M, Math.abs)))
    const all = weights.reduce((sum, weight) => sum + Math.abs(weight), 0)
    return plusOne(heads.map((one, head) => map(one, (value) => (value * weights[head]!) / all)).reduce(plus))
  })
  const path = Array.from({ length: 20 }, (_, step) => attended(network, target, step / 19))
  const last = (await Promise.all(path)).map((one) => one.g.at(-1)!)
  const W = mean(A[0]!.map((_, head) => map(mean(last.map((heads) => heads[head]!)), isSigned ? same : relu)))
  return each(W, product(blocks))
}

const readers = {
  transformer: { read: [0], prefix: 1 },
  'transformer-registers': { read: [0], prefix: 3 },
  'transformer-mean': { read: [0, 1, 2, 3, 4, 5, 6, 7], prefix: 0 },
} as const

describe.each(Object.entries(readers))('%s: maps are those of whole matrices', (name, { read, prefix }) => {
  const network = tinyNetwork(name)
  let maps: Awaited<ReturnType<typeof explainWith>>
  const row = (M: Matrix) => {
    const rows = read.map((token) => M[token]!)
    return rows[0]!.map((_, at) => rows.reduce((sum, one) => sum + one[at]! / rows.length, 0)).slice(prefix)
  }
  const expectMap = (variant: string, M: Matrix) =>
    expect(maps.get(variant)).toBeCloseToMap(tensor(Float32Array.from(row(M)), [1, 1, 4, 2]), 1e-5)

  beforeAll(async () => {
    const { model, weights } = network
    maps = await explainWith({
      model,
      weights,
      method: attention,
      inputs: seededImages(model, 1),
      direction: oneHot(model, [target]),
    })
  })

  it.each(Object.keys(formulas))('%s', async (variant) => {
    expectMap(variant, formulas[variant]!(await attended(network, target)))
  })

  it.each([
    ['beyond-intuition', false],
    ['beyond-intuition-no-relu', true],
  ])('%s', async (variant, isSigned) => {
    expectMap(variant, await beyondIntuition(network, isSigned))
  })

  it('LeGrad of the last block is the mean gradient of the logit by its attention', async () => {
    const { model, weights } = network
    const request = {
      model,
      weights,
      method: attention,
      inputs: seededImages(model, 1),
      direction: oneHot(model, [target]),
    }
    const last = await explainWith({ ...request, variants: ['legrad-no-relu'], options: { from: -1 } })
    const { g } = await attended(network, target)
    const M = mean(g.at(-1)!)
    const average = M[0]!.map((_, at) => M.reduce((sum, one) => sum + one[at]! / M.length, 0)).slice(prefix)
    expect(last.get('legrad-no-relu')).toBeCloseToMap(tensor(Float32Array.from(average), [1, 1, 4, 2]), 1e-5)
  })
})

describe('a graph of one image', () => {
  it('has the maps of one with any batch', async () => {
    const build = (batch?: 1) => {
      const graph = createGraph({ batch })
      const image = graph.ops.input('image', ['n', 3, 8, 8])
      return createModel({ name: 'net', graph, image, logits: visionTransformer(graph, image), head: 'none' })
    }
    const { weights, model } = tinyNetwork('transformer')
    const variants = ['genatt', 'legrad', 'agcam', 'attcat', 'cdam', 'beyond-intuition']
    const request = {
      weights,
      method: attention,
      variants,
      inputs: seededImages(model, 2),
      direction: oneHot(model, [1, 3]),
    }
    const expected = await explainWith({ ...request, model: build() })
    const maps = await explainWith({ ...request, model: build(1) })
    for (const variant of variants)
      expect(maps.get(variant), variant).toBeCloseToMap(expected.get(variant)!, 1e-5)
  })
})
