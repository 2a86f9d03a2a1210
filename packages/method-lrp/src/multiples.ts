import type { LinearSite, Value } from '@saliency/core'
import { slopeOf } from './slopes.ts'
import { factorOf } from './stabilize.ts'

/**
 * Relevance that is a multiple of what an operator returns, R = y ⊙ c, handed on as a multiple of what it reads: x ⊙ c′ with
 * c′ = `through(c)`. A division by x then gives c′ without dividing, and without ε the walk carries a gradient. Undefined where
 * R is no such product.
 */
export function asMultiple(
  { signal, output, inputs, ops }: LinearSite,
  through: (c: Value) => readonly (Value | undefined)[],
): readonly Value[] | undefined {
  const c = factorOf(signal, output)
  const carried = c && through(c)
  if (!carried || carried.includes(undefined)) return undefined
  return inputs.map((input, at) => ops.mul(input, carried[at] as Value))
}

/**
 * Relevance that an activation y = f(x) leaves unchanged: y ⊙ c = x ⊙ c f(x)/x. With an ε, the mask of a ReLU is left to the
 * next division, which finds it in y.
 */
export function throughActivation(site: LinearSite, isExact: boolean): readonly Value[] | undefined {
  if (site.node.op === ('Relu' as string) && !isExact) return undefined
  return asMultiple(site, (c) => {
    const slope = slopeOf(site)
    return [slope && site.ops.mul(c, slope)]
  })
}
