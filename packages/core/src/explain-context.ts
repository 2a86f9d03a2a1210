import { backward } from './backward/backward.ts'
import type { Value } from './graph/value.ts'
import type { ExplainContext, ResolvedVariant } from './method.ts'
import type { Model } from './model.ts'
import { directionOf } from './one-logit.ts'

/** The input by which a plan is given the class, or the direction over the classes, that it explains, `[n, k]`. */
export function directionInput(model: Model): Value {
  return model.graph.ops.input('direction', model.logits.shape)
}

/** What a variant is given; the noise inputs it asks for are added to `noise`. */
export function contextOf(model: Model, { id, options }: ResolvedVariant, noise: string[]): ExplainContext {
  const { ops } = model.graph
  const direction = directionOf(model, directionInput(model))
  return {
    model,
    logits: model.explained,
    direction,
    ops,
    options,
    backward: (request = {}) =>
      backward({ from: model.explained, start: direction, until: model.image, ...request }),
    noise() {
      const name = `noise:${id}`
      if (!noise.includes(name)) noise.push(name)
      const [n = 'n', , ...plane] = model.image.shape
      return ops.input(name, [n, 1, ...plane])
    },
  }
}
