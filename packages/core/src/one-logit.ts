import { isOneLogit, type Model } from './model.ts'
import type { Value } from './graph/value.ts'

/**
 * One logit z as two classes, `[n, 1]` → `[n, 2]`: class 0 is −z and class 1 is z, so that the sigmoid of both are the
 * probabilities 1 − σ(z) and σ(z), and the gradient of either is ∓ that of z. (Logits 0 and z would give the same
 * probabilities by a softmax, but class 0 would have no gradient.)
 */
export function bothDirections(logit: Value): Value {
  const { ops } = logit.graph
  return ops.concat([ops.neg(logit), logit], 1)
}

/** A model with one logit `[n, 1]` that is known to be a classifier of two classes; any other is returned as it is. */
export function asTwoClasses(model: Model): Model {
  if (!isOneLogit(model) || model.logits !== model.explained) return model
  return { ...model, logits: bothDirections(model.explained), head: 'sigmoid' }
}

/** A direction over the classes `[n, k]` as one over what is explained: of two classes of one logit, their difference `[n, 1]`. */
export function directionOf(model: Model, direction: Value): Value {
  if (model.logits === model.explained) return direction
  const { ops } = model.graph
  const class0 = ops.slice(direction, { axes: [1], starts: [0], ends: [1] })
  const class1 = ops.slice(direction, { axes: [1], starts: [1], ends: [2] })
  return ops.sub(class1, class0)
}
