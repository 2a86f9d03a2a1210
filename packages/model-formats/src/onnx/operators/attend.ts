import { fixedDim, type Ops, type Value } from '@saliency/core'

/** Attention over heads, `[n, heads, tokens, size]` each. */
export interface Heads {
  readonly query: Value
  readonly key: Value
  readonly value: Value
  /** Factor of the scores; default 1/√size. */
  readonly scale?: number | undefined
  /** Added to the scores, or of truth values that are true where a score counts. */
  readonly mask?: Value | undefined
  /** Whether a token sees only those in front of it. */
  readonly isCausal?: boolean
  /** Largest score, towards which all are bent by tanh. */
  readonly softcap?: number
}

/** What takes a score out of the softmax. */
const never = -1e30

/** True where the key is not behind the query. */
function causalMask(ops: Ops, scores: Value): Value {
  const [rows, columns] = scores.shape.slice(-2).map((dim) => fixedDim(dim, 'A number of tokens')) as [
    number,
    number,
  ]
  const items = Array.from({ length: rows * columns }, (_, index) =>
    index % columns <= Math.floor(index / columns) ? 1 : 0,
  )
  return ops.constant(items, [rows, columns], 'bool')
}

/** softmax(scale · q · kᵀ + mask) · v (Vaswani et al. 2017, equation 1). */
export function attend(
  ops: Ops,
  { query, key, value, scale, mask, isCausal = false, softcap = 0 }: Heads,
): Value {
  const size = fixedDim(query.shape[3], "A head's size")
  const products = ops.matMul(query, ops.transpose(key, [0, 1, 3, 2]))
  let scores = ops.mul(products, scale ?? 1 / Math.sqrt(size))
  if (mask) scores = mask.dtype === 'bool' ? ops.where(mask, scores, never) : ops.add(scores, mask)
  if (softcap > 0) scores = ops.mul(ops.tanh(ops.div(scores, softcap)), softcap)
  if (isCausal) scores = ops.where(causalMask(ops, scores), scores, never)
  return ops.matMul(ops.softmax(scores, 3), value)
}
