import { heads } from './over.ts'
import { product, readMean } from './product.ts'
import type { Formula } from './site.ts'

/** R ← 1; R ← R + Ē h(g ⊙ A) R from the first block to the last (Chefer et al. 2021, ICCV, equations 5 and 6). */
export const genatt: Formula = (site) => {
  const { ops, sign, d, blocks } = site
  // A ≥ 0, so that h(g) ⊙ A = h(g ⊙ A).
  const matrices = blocks.map(({ A }) => sign.block(heads(site, ops.mul(A, sign.gradient(d(A))))))
  return product(site, readMean(site), matrices)
}
