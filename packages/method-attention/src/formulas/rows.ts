import type { Tokens, Value } from '@saliency/core'
import { heads, queries, readRows } from './over.ts'
import type { Formula } from './site.ts'

const placesEnd = ({ prefix, grid }: Tokens) => prefix + grid.height * grid.width

/** h(Ē(A · mean of g over the image's tokens)) in the rows that are read, last block: Grad-CAM with heads for channels. */
export const gradcam: Formula = (site) => {
  const { ops, sign, d, last, tokens } = site
  const g = sign.gradient(readRows(site, d(last.A)))
  const places = ops.slice(g, { axes: [3], starts: [tokens.prefix], ends: [placesEnd(tokens)] })
  const weights = ops.reduceMean(places, { axes: [3] })
  return sign.block(queries(site, heads(site, ops.mul(readRows(site, last.A), weights))))
}

/** Σ over blocks and heads of h(g) · sigmoid(S) in the rows that are read (Leem & Seo 2024, equation 7). */
export const agcam: Formula = (site) => {
  const { ops, sign, d, blocks } = site
  const summed = (x: Value) => ops.reduceSum(x, { axes: [1], keepdims: false })
  return blocks
    .map(({ A, S }) => {
      const gated = ops.mul(sign.gradient(readRows(site, d(A))), ops.sigmoid(readRows(site, S)))
      return sign.block(queries(site, summed(gated)))
    })
    .reduce((sum, block) => ops.add(sum, block))
}
