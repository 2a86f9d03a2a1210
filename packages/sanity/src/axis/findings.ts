import type { Finding, VariantFacts } from '@saliency/core'
import type { Contrast } from '../statistics/contrast.ts'
import type { Effect } from '../statistics/effect.ts'
import type { Estimate } from '../statistics/estimate.ts'
import type { Verdict } from '../statistics/verdict.ts'

/** Metric of the findings that carry an outcome; their value is e. */
export const VERDICT = 'verdict'
/** Metric of the paired contrasts; their value is D(variant) / D(counterpart). */
export const RETAINED = 'retained-dependence'

type Details = NonNullable<Finding['details']>

function interval(estimate: Estimate | undefined): Pick<Finding, 'value' | 'interval'> {
  if (estimate === undefined) return { value: null }
  return { value: estimate.value, interval: [estimate.lower, estimate.upper] }
}

function flat(name: string, estimate: Estimate | undefined): Details {
  return {
    [name]: estimate?.value ?? null,
    [`${name}Low`]: estimate?.lower ?? null,
    [`${name}High`]: estimate?.upper ?? null,
  }
}

/** How much is left out of means and intervals; nothing where nothing is. */
function leftOut({ emptySteps, droppedResamples }: Effect): Details {
  return {
    ...(emptySteps > 0 && { emptySteps }),
    ...(droppedResamples > 0 && { droppedResamples }),
  }
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

/** The verdict on one variant; `why` says why it is shown and not judged. */
export function verdictFinding(options: {
  facts: VariantFacts
  metric: string
  effect: Effect
  verdict: Verdict
  undefinedCount: number
  notJudged?: string
  extra?: Details
}): Finding {
  const { facts, metric, effect, verdict, undefinedCount, notJudged, extra } = options
  const repeated = verdict.atThresholds.map(({ threshold, outcome }) => [`at ${threshold}`, outcome] as const)
  return {
    variant: facts.id,
    metric: VERDICT,
    ...(notJudged === undefined ? { outcome: verdict.outcome } : {}),
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
      notes: [...verdict.notes, ...(notJudged === undefined ? [] : [notJudged])].join('; '),
      ...(notJudged === undefined ? { ...Object.fromEntries(repeated), changes: verdict.changes } : {}),
      ...extra,
    },
  }
}

/** The paired contrast of a variant with its counterpart; one that is shown and not judged is not tested either. */
export function contrastFinding(
  variant: string,
  counterpart: string,
  contrast: Contrast,
  notJudged?: string,
): Finding {
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
      ...(contrast.retained && contrast.retained.dropped > 0
        ? { droppedResamples: contrast.retained.dropped }
        : {}),
      ...(notJudged === undefined ? { p: contrast.p } : { notes: notJudged }),
    },
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
