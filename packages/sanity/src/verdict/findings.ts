import type { Finding, VariantFacts } from '@saliency/core'
import type { Contrast } from '../statistics/contrast.ts'
import type { Effect } from '../statistics/effect.ts'
import type { Estimate } from '../statistics/estimate.ts'
import { ONE_DRAW, type Verdict } from '../statistics/verdict.ts'

/** Metric of the findings that carry an outcome; their value is e. */
export const VERDICT = 'verdict'
/** Metric of the paired contrasts; their value is D(variant) / D(counterpart). */
export const RETAINED = 'retained-dependence'

/** With fewer images than this, a sign-flip test of skewed differences rejects too often: 7 to 11 % at .05. */
const FEW_IMAGES = 32

type Details = NonNullable<Finding['details']>

function interval(estimate: Estimate | undefined): Pick<Finding, 'value' | 'interval'> {
  if (estimate === undefined) return { value: null }
  const { value, interval: bounds } = estimate
  return { value, ...(bounds && { interval: bounds }) }
}

function flat(name: string, estimate: Estimate | undefined): Details {
  return {
    [name]: estimate?.value ?? null,
    [`${name}Low`]: estimate?.interval?.[0] ?? null,
    [`${name}High`]: estimate?.interval?.[1] ?? null,
  }
}

/** How many steps are left out of means; nothing where none is. */
function leftOut({ emptySteps }: Effect): Details {
  return emptySteps > 0 ? { emptySteps } : {}
}

/** s and c of one similarity, shown and not judged. */
export function effectFinding(
  variant: string,
  metric: string,
  effect: Effect,
  undefinedCount: number,
): Finding {
  return {
    variant,
    metric,
    ...interval(effect.same),
    images: effect.images,
    undefinedCount,
    details: {
      ...flat('chance', effect.chance),
      ...flat('survival', effect.survival),
      draws: effect.draws,
      ...leftOut(effect),
    },
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
  extra?: Details
}): Finding {
  const { facts, metric, effect, verdict, undefinedCount, isJudged, limits, extra } = options
  const repeated = verdict.atThresholds.map(({ threshold, outcome }) => [`at ${threshold}`, outcome] as const)
  return {
    variant: facts.id,
    metric: VERDICT,
    ...(isJudged && { outcome: verdict.outcome }),
    ...interval(effect.survival),
    images: effect.images,
    undefinedCount,
    details: {
      similarity: metric,
      ...flat('same', effect.same),
      ...flat('chance', effect.chance),
      draws: effect.draws,
      ...leftOut(effect),
      handling: facts.handling,
      control: facts.control,
      notes: [...verdict.notes, ...limits].join('; '),
      ...(isJudged && { ...Object.fromEntries(repeated), changes: verdict.changes }),
      ...extra,
    },
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
}): Finding {
  const { variant, counterpart, contrast, isTested, limits } = options
  return {
    variant,
    metric: RETAINED,
    ...interval(contrast.retained),
    ...(contrast.comparable ? {} : { outcome: 'not comparable' }),
    images: contrast.images,
    undefinedCount: contrast.excluded,
    details: {
      counterpart,
      dependence: finite(contrast.dependence),
      counterpartDependence: finite(contrast.counterpartDependence),
      ...(isTested && contrast.p !== undefined && { p: contrast.p }),
      notes: [...contrastNotes(contrast), ...limits].join('; '),
    },
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
