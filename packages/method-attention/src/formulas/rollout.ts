import { heads, queries, readRows } from './over.ts'
import { normalisedProduct, readMean } from './product.ts'
import type { Formula } from './site.ts'

/** Ē A of the last block: what the tokens that are read attend to. No class in it. */
export const raw: Formula = (site) => queries(site, heads(site, readRows(site, site.last.A)))

/** Π rownorm(Ē A + 1) (Abnar & Zuidema 2020, section 3). No class in it. */
export const rollout: Formula = (site) =>
  normalisedProduct(
    site,
    readMean(site),
    site.blocks.map(({ A }) => heads(site, A)),
  )

/** Π rownorm(h(Ē(A ⊙ g)) + 1), each A with its own gradient. */
export const gradRollout: Formula = (site) => {
  const { ops, sign, d, blocks } = site
  const matrices = blocks.map(({ A }) => sign.block(heads(site, ops.mul(A, sign.gradient(d(A))))))
  return normalisedProduct(site, readMean(site), matrices)
}
