import type { Value } from '@saliency/core'
import { asRow, heads, queries } from './over.ts'
import type { Formula, Site } from './site.ts'

/** Σ over features of x · h(∂y/∂x), `[n, 1, t]`. */
function impact(site: Site, x: Value): Value {
  const { ops, sign, d } = site
  return asRow(site, ops.reduceSum(ops.mul(x, sign.gradient(d(x))), { axes: [2] }))
}

/** Σ over blocks of the impact of a token, times how much all queries attend to it (Qiang et al. 2022, equation 8). */
export const attcat: Formula = (site) => {
  const { ops, sign, blocks } = site
  return blocks
    .map(({ A, x }) => sign.block(ops.mul(impact(site, x), queries(site, heads(site, A)))))
    .reduce((sum, block) => ops.add(sum, block))
}

/** The impact of the tokens that the last block's attention reads, behind its norm (Brocki et al. 2023, equation 5). */
export const cdam: Formula = (site) => site.sign.block(impact(site, site.last.normed))
