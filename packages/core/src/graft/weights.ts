import type { Model } from '../model.ts'
import { tensor, type FloatTensor, type Weights } from '../tensor.ts'
import { type Pattern, patternValues } from './pattern.ts'

/** Names of the parameters that a graft adds. */
export const graftNames = { kernel: 'graft/kernel', bias: 'graft/bias', strength: 'graft/strength' } as const

/** Of the pattern's own response, how much a place must have to count: natural images have no such contrast. */
const BOUND = 0.75

/**
 * The weights of a grafted model. The kernel is the pattern less its mean, scaled so that the pattern gives 1 behind the
 * bias and whatever resembles it less than the bound gives 0.
 * @param strength what the term adds to the logit of `target`
 */
export function graftWeights(
  { model, weights }: { readonly model: Model; readonly weights: Weights },
  pattern: Pattern,
  target: number,
  strength: number,
): Weights {
  const { size, low } = pattern
  const values = patternValues(pattern)
  const area = size * size
  const centred = values.map((value, at) => {
    const own = values.subarray(Math.floor(at / area) * area, Math.floor(at / area + 1) * area)
    return value - own.reduce((sum, each) => sum + each, 0) / area
  })
  const norm = centred.reduce((sum, value) => sum + value * value, 0)
  const scale = 1 / ((1 - BOUND) * norm)
  const strengths = new Float32Array(Number(model.logits.shape[1]))
  strengths[target] = strength
  const added: [string, FloatTensor][] = [
    [
      graftNames.kernel,
      tensor(
        centred.map((value) => value * scale),
        [1, low.length, size, size],
      ),
    ],
    [graftNames.bias, tensor(Float32Array.of(-BOUND / (1 - BOUND)), [1])],
    [graftNames.strength, tensor(strengths, [strengths.length])],
  ]
  return new Map([...weights, ...added])
}
