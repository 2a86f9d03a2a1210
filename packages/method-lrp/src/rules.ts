import type { Value } from '@saliency/core'
import type { LrpRule, Modifier, Part, Share } from './rule.ts'

const share = (factor: number, parts: readonly Part[], only?: Share['only']): Share => ({
  factor,
  parts,
  ...(only && { only }),
})
const part = (input: Modifier, weight: Modifier, bias: Modifier): Part => ({ input, weight, bias })

/** xw / (z + ε sign z): LRP-ε (Bach et al. 2015, eq. 58). ε = 0 is LRP-0. The bias takes its part of the relevance. */
export function epsilon(stabilizer: number): LrpRule {
  return { name: 'epsilon', stabilizer, shares: [share(1, [part('keep', 'keep', 'keep')])] }
}

/** z⁺ = x⁺w⁺ + x⁻w⁻ + b⁺ and z⁻ = x⁺w⁻ + x⁻w⁺ + b⁻, each over its own sum, as Zennit and Bach et al. (2015, eq. 60). */
export function alphaBeta(stabilizer: number, alpha: number, beta: number): LrpRule {
  const activating = [part('positive', 'positive', 'positive'), part('negative', 'negative', 'zero')]
  const inhibiting = [part('positive', 'negative', 'negative'), part('negative', 'positive', 'zero')]
  const shares = [share(alpha, activating), share(-beta, inhibiting)].filter(({ factor }) => factor !== 0)
  return { name: `alpha-beta(${alpha}, ${beta})`, stabilizer, shares }
}

/** The positive contributions alone: alpha-beta with α = 1, β = 0 (Montavon et al. 2017, z⁺-rule, for inputs of any sign). */
export function zPlus(stabilizer: number): LrpRule {
  return { ...alphaBeta(stabilizer, 1, 0), name: 'z-plus' }
}

/**
 * w + γw⁺ where the output is positive, w + γw⁻ where it is negative, the other way round for negative inputs: the gamma
 * rule (Montavon et al. 2019, sec. 10.2.1) generalised to signed inputs as Zennit has it. The bias is boosted alike.
 */
export function gamma(stabilizer: number, by: number): LrpRule {
  const up = { boost: 'positive', by } as const
  const down = { boost: 'negative', by } as const
  const above = [part('positive', up, up), part('negative', down, 'zero')]
  const below = [part('positive', down, down), part('negative', up, 'zero')]
  const shares = [share(1, above, 'positive'), share(1, below, 'negative')]
  return { name: `gamma(${by})`, stabilizer, shares }
}

/**
 * (x − l)w⁺ + (x − h)w⁻ for pixels bounded by l ≤ x ≤ h: the z^B-rule, whose xw − lw⁺ − hw⁻ (Montavon et al. 2017, eq. 16)
 * is the same sum without its cancelling terms. The bias cancels out.
 */
export function box(stabilizer: number): LrpRule {
  const parts = [part('above-low', 'positive', 'zero'), part('below-high', 'negative', 'zero')]
  return { name: 'box', stabilizer, shares: [share(1, parts)] }
}

/** The z^B-rule between the lowest and the highest value of the image itself, over all channels (Chefer et al. 2021). */
export function imageBox(stabilizer: number): LrpRule {
  const ofImage = ({ shape }: Value) => ({ axes: shape.map((_, axis) => axis).slice(1) })
  const above: Modifier = (x, ops) => ops.sub(x, ops.reduceMin(x, ofImage(x)))
  const below: Modifier = (x, ops) => ops.sub(x, ops.reduceMax(x, ofImage(x)))
  const parts = [part(above, 'positive', 'zero'), part(below, 'negative', 'zero')]
  return { name: 'image-box', stabilizer, shares: [share(1, parts)] }
}

/** w² / Σw²: the w²-rule (Montavon et al. 2017, eq. 13); the bias takes no part. */
export function wSquare(stabilizer: number): LrpRule {
  return { name: 'w-square', stabilizer, shares: [share(1, [part('ones', 'square', 'zero')])] }
}

/** The same share for every input: the flat rule (Lapuschkin et al. 2019); the bias takes no part. */
export function flat(stabilizer: number): LrpRule {
  return { name: 'flat', stabilizer, shares: [share(1, [part('ones', 'ones', 'zero')])] }
}

/** Captum's GammaRule: weights w + γw⁺, input and bias as they are; equals {@link gamma} only for inputs ≥ 0. */
export function captumGamma(stabilizer: number, by: number): LrpRule {
  const shares = [share(1, [part('keep', { boost: 'positive', by }, 'keep')])]
  return { name: `captum-gamma(${by})`, stabilizer, shares }
}

/** Captum's Alpha1_Beta0_Rule: weights w⁺, while the input is not split by sign and the bias keeps its sign. */
export function captumAlpha1Beta0(stabilizer: number): LrpRule {
  return { name: 'captum-alpha1-beta0', stabilizer, shares: [share(1, [part('keep', 'positive', 'keep')])] }
}

/** iNNvestigate's AlphaBetaRule: like {@link alphaBeta}, but the whole bias, b⁺ + b⁻, is in both denominators. */
export function innvestigateAlphaBeta(stabilizer: number, alpha: number, beta: number): LrpRule {
  const activating = [part('positive', 'positive', 'positive'), part('negative', 'negative', 'negative')]
  const inhibiting = [part('positive', 'negative', 'negative'), part('negative', 'positive', 'positive')]
  const shares = [share(alpha, activating), share(-beta, inhibiting)].filter(({ factor }) => factor !== 0)
  return { name: `innvestigate-alpha-beta(${alpha}, ${beta})`, stabilizer, shares }
}

/** iNNvestigate's ZPlusFastRule: weights w⁺ without bias, for inputs taken to be ≥ 0. */
export function zPlusFast(stabilizer: number): LrpRule {
  return { name: 'z-plus-fast', stabilizer, shares: [share(1, [part('keep', 'positive', 'zero')])] }
}

/** Zennit's WSquare: w² / (Σw² + b²). */
export function zennitWSquare(stabilizer: number): LrpRule {
  return { name: 'zennit-w-square', stabilizer, shares: [share(1, [part('ones', 'square', 'square')])] }
}

/** A rule with every bias left out of the denominators, so that none of the relevance is absorbed by it. */
export function withoutBias(rule: LrpRule): LrpRule {
  const shares = rule.shares.map((each) => ({
    ...each,
    parts: each.parts.map((one): Part => ({ ...one, bias: 'zero' })),
  }))
  return { ...rule, name: `${rule.name} without bias`, shares }
}
