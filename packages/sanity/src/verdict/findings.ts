import type * as Core from '@saliency/core'
import type { Estimated, Measurement, VariantFacts } from '@saliency/core'
import type { Contrast } from '../statistics/contrast.ts'
import type { Effect } from '../statistics/effect.ts'
import type { Estimate } from '../statistics/estimate.ts'
import { ONE_DRAW, type Verdict } from '../statistics/verdict.ts'

/** With fewer images than this, a sign-flip test of skewed differences rejects too often: 7 to 11 % at .05. */
const FEW_IMAGES = 32

function bounds(estimate: Estimate | undefined): {
  value: number | null
  interval?: readonly [number, number]
} {
  if (estimate === undefined) return { value: null }
  const { value, interval } = estimate
  return { value, ...(interval && { interval }) }
}

function estimated(estimate: Estimate | undefined): Estimated | undefined {
  return estimate && { value: estimate.value, ...(estimate.interval && { interval: estimate.interval }) }
}

/** s of one similarity, with c and e beside it: shown and not judged. */
export function effectFinding(
  variant: string,
  metric: string,
  { same, chance, survival, images, draws, emptySteps }: Effect,
  undefinedCount: number,
): Measurement {
  const flat = (name: string, estimate: Estimate | undefined) => ({
    [name]: estimate?.value ?? null,
    [`${name}Low`]: estimate?.interval?.[0] ?? null,
    [`${name}High`]: estimate?.interval?.[1] ?? null,
  })
  const details = { ...flat('chance', chance), ...flat('survival', survival), draws }
  return {
    variant,
    metric,
    ...bounds(same),
    images,
    undefinedCount,
    details: { ...details, ...(emptySteps > 0 && { emptySteps }) },
  }
}

/** The verdict on one variant; without an outcome where it is shown and not judged. */
export function verdictFinding(options: {
  facts: VariantFacts
  metric: string
  effect: Effect
  verdict: Verdict
  undefinedCount: number
  isJudged: boolean
  limits: readonly string[]
  extra?: Measurement['details']
}): Core.Verdict {
  const { facts, metric, effect, verdict, undefinedCount, isJudged, limits, extra } = options
  const [same, chance] = [estimated(effect.same), estimated(effect.chance)]
  return {
    kind: 'verdict',
    variant: facts.id,
    metric: 'verdict',
    ...(isJudged && { outcome: verdict.outcome }),
    ...bounds(effect.survival),
    images: effect.images,
    undefinedCount,
    thresholds: isJudged ? verdict.atThresholds : [],
    changes: isJudged && verdict.changes,
    ...(isJudged && verdict.finds !== undefined && { finds: verdict.finds }),
    similarity: metric,
    ...(same && { same }),
    ...(chance && { chance }),
    draws: effect.draws,
    emptySteps: effect.emptySteps,
    notes: [...verdict.notes, ...limits],
    ...(extra && { details: extra }),
  }
}

/** What limits a contrast. */
function contrastNotes({ p, flips, images, sharedDraws }: Contrast): string[] {
  if (flips) return ['the counterpart changes by sign only']
  if (p === undefined) return [images < 2 ? 'one image: not tested' : ONE_DRAW]
  if (!sharedDraws && images < FEW_IMAGES)
    return [`fewer than ${FEW_IMAGES} images: p is too small where differences are skewed`]
  return []
}

/** The paired contrast of a variant with its counterpart; one that is shown and not judged is not tested either. */
export function contrastFinding(options: {
  variant: string
  counterpart: string
  contrast: Contrast
  isTested: boolean
  limits: readonly string[]
}): Core.Contrast {
  const { variant, counterpart, contrast, isTested, limits } = options
  return {
    kind: 'contrast',
    variant,
    metric: 'retained-dependence',
    ...bounds(contrast.retained),
    ...(!contrast.comparable && { outcome: 'not comparable' as const }),
    images: contrast.images,
    undefinedCount: contrast.excluded,
    counterpart,
    dependence: finite(contrast.dependence),
    counterpartDependence: finite(contrast.counterpartDependence),
    ...(isTested && contrast.p !== undefined && { p: contrast.p }),
    notes: [...contrastNotes(contrast), ...limits],
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
