import type { Ops, Value } from '@saliency/core'
import type { Features } from './features.ts'

const space = { axes: [2, 3] }
const square = (ops: Ops, x: Value) => ops.mul(x, x)
const orOne = (ops: Ops, x: Value) => ops.where(ops.equal(x, 0), 1, x)

/** α = g² / (2g² + (Σ A) g³), with y = exp(logit) cancelled out of it (Chattopadhay et al. 2018, equation 19). */
function denominator({ A, g, ops }: Features): Value {
  const squared = square(ops, g)
  const cubed = ops.mul(squared, g)
  return ops.add(ops.mul(squared, 2), ops.mul(ops.reduceSum(A, space), cubed))
}

/** α / Σ α, the sum over the positions where `counts` holds; a sum of 0 becomes 1. */
function normalise(ops: Ops, alpha: Value, counts: Value): Value {
  const total = ops.reduceSum(ops.where(counts, alpha, 0), space)
  return ops.div(alpha, orOne(ops, total))
}

/** w = Σ α ReLU(g), α normalised over the positions where g > 0 (the authors' code, `misc/utils.py`). */
export function official({ A, g, ops }: Features): Value {
  const raw = ops.div(square(ops, g), orOne(ops, denominator({ A, g, ops })))
  const positive = ops.greater(g, 0)
  const alpha = normalise(ops, ops.where(positive, raw, 0), positive)
  return ops.reduceSum(ops.mul(alpha, ops.relu(g)), space)
}

/** w = Σ α ReLU(g), α not normalised, 1e-6 added to its denominator, 0 where g = 0 (pytorch-grad-cam). */
export function unnormalised({ A, g, ops }: Features): Value {
  const raw = ops.div(square(ops, g), ops.add(denominator({ A, g, ops }), 1e-6))
  const alpha = ops.where(ops.greater(g, 0), raw, 0)
  return ops.reduceSum(ops.mul(alpha, ops.relu(g)), space)
}

/** w = Σ α h(g) as equation 19 is printed: α neither normalised nor stabilised, 0 where g = 0; h is ReLU in the paper. */
export function plain(rectify: (features: Features) => Value): (features: Features) => Value {
  return (features) => {
    const { g, ops } = features
    const alpha = ops.div(square(ops, g), orOne(ops, denominator(features)))
    return ops.reduceSum(ops.mul(alpha, rectify(features)), space)
  }
}

/**
 * w = Σ α g, without the rectifier. Where g < 0 the denominator of the authors' α can pass through 0, so a negative
 * gradient gets the α that it has for −y, which is the authors' α at |g|; α is normalised over the positions where
 * g ≠ 0. Where no gradient is negative this is the official form, and the weight of −y is the negative of that of y.
 */
export function signed({ A, g, ops }: Features): Value {
  const magnitude = ops.abs(g)
  const raw = ops.div(square(ops, g), orOne(ops, denominator({ A, g: magnitude, ops })))
  const alpha = normalise(ops, raw, ops.greater(magnitude, 0))
  return ops.reduceSum(ops.mul(alpha, g), space)
}
