import type { Value } from '@saliency/core'
import { again } from '../again.ts'
import { heads, queries, readRows } from './over.ts'
import { product, readIdentity } from './product.ts'
import type { Block, Formula, Site } from './site.ts'

/** Σ_h I_h A_h `[n, t, t]`, where I_h is the mean of |A_hᵀ g_h| as its share of all heads'. */
function headwise({ ops, sign, d }: Site, { A }: Block): Value {
  const products = ops.matMul(ops.transpose(A, [0, 1, 3, 2]), d(A))
  const weights = ops.reduceMean(sign.magnitude(products), { axes: [2, 3] })
  const total = ops.reduceSum(ops.abs(weights), { axes: [1] })
  const shares = ops.div(weights, ops.where(ops.equal(total, 0), 1, total))
  return ops.reduceSum(ops.mul(A, shares), { axes: [1], keepdims: false })
}

/** Shares of the image that one pass of the network takes at once: all, where a batch may have any size. */
function groups({ model, options: { steps } }: Site): readonly (readonly number[])[] {
  // A product with 0 would be known to be 0, and no gradient passes what does not depend on the image.
  const alphas = Array.from({ length: steps }, (_, step) => Math.max(step / (steps - 1), 1e-30))
  return model.graph.batch === 1 ? alphas.map((alpha) => [alpha]) : [alphas]
}

/** Σ over shares α of ∂y/∂A at α times the image, last block, in the rows that are read; shares stand beside one another in a batch. */
function gradientAlong(site: Site, alphas: readonly number[]): Value {
  const { model, ops, last, direction, backward } = site
  const [n = 'n', ...size] = model.image.shape
  const count = alphas.length
  const many = typeof n === 'number' ? count : (`${count}*n` as const)
  const shares = ops.constant(alphas, [count, 1, 1, 1])
  const images = ops.reshape(ops.mul(ops.reshape(model.image, [n, 1, ...size]), shares), [many, ...size])
  const [k = 1] = direction.shape.slice(1)
  const start = ops.reshape(ops.expand(ops.reshape(direction, [n, 1, k]), [n, count, k]), [many, k])
  const [A, y] = again([last.A, model.explained], model.image, images) as [Value, Value]
  const g = readRows(site, backward({ from: y, start, until: A }).at(A))
  return ops.reduceSum(ops.reshape(g, [n, count, ...g.shape.slice(1)]), { axes: [1], keepdims: false })
}

/** W ⊙ R in the rows that are read: R ← R + (Σ I_h A_h) R, W = Ē h(mean of g along the path α · image) of the last block. */
export const beyondIntuition: Formula = (site) => {
  const { ops, sign, blocks, options } = site
  const R = product(
    site,
    readIdentity(site),
    blocks.map((block) => headwise(site, block)),
  )
  const sum = groups(site)
    .map((alphas) => gradientAlong(site, alphas))
    .reduce((total, g) => ops.add(total, g))
  const W = sign.block(heads(site, sign.gradient(ops.div(sum, options.steps))))
  return queries(site, ops.mul(W, R))
}
