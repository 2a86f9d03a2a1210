import type { Finding } from '@saliency/core'
import type { StudyRecord, StudySummary } from '../study.ts'
import { verdictsOn } from './axes.ts'

/** What one metric says of one variant. */
export interface MetricRank {
  /** 1 and as many as are better beyond their intervals: equal ranks are ties. */
  readonly rank: number
  readonly value: number
}

/** A variant's ranks under every metric of faithfulness. */
export interface VariantRanks {
  readonly variant: string
  /** In the order of the metrics; undefined where there is no value. */
  readonly ranks: readonly (MetricRank | undefined)[]
  /** The best and the worst of them; absent where there is none. */
  readonly spread?: readonly [best: number, worst: number]
}

/** How far metrics of faithfulness agree on a study's variants. */
export interface Disagreement {
  readonly metrics: readonly string[]
  readonly variants: readonly VariantRanks[]
  /** Where faithfulness and dependence contradict each other, in sentences. */
  readonly contradictions: readonly string[]
}

type Better = 'higher' | 'lower'

/** Whether `a` is better than `b` beyond both intervals. */
function isBetter(a: Finding, b: Finding, better: Better): boolean {
  const [own, other] = better === 'higher' ? [a, b] : [b, a]
  return own.interval !== undefined && other.interval !== undefined && own.interval[0] > other.interval[1]
}

/** Ranks of all variants under one metric. */
function ranksBy(findings: readonly Finding[], better: Better): ReadonlyMap<string, MetricRank> {
  const valued = findings.filter(({ value }) => value !== null)
  return new Map(
    valued.map((one) => {
      const rank = 1 + valued.filter((other) => isBetter(other, one, better)).length
      return [one.variant, { rank, value: one.value as number }]
    }),
  )
}

function spreadOf(ranks: VariantRanks['ranks']): VariantRanks['spread'] {
  const known = ranks.flatMap((one) => (one ? [one.rank] : []))
  return known.length === 0 ? undefined : [Math.min(...known), Math.max(...known)]
}

/** What speaks against a variant that a metric likes, or for one that all of them dislike. */
function contradictionOf(
  { variant, ranks, spread }: VariantRanks,
  metrics: readonly string[],
  summary: StudySummary,
  count: number,
): string[] {
  const verdicts = verdictsOn(variant, summary)
  const against = verdicts.filter(({ outcome }) => ['does not depend', 'static'].includes(outcome))
  const wins = metrics.filter((_, i) => ranks[i]?.rank === 1)
  if (against.length > 0 && wins.length > 0)
    return [
      `${variant} is among the best by ${wins.join(', ')}, and comes out as ${against.map(({ axis, outcome }) => `'${outcome}' on ${axis}`).join(' and ')}: it shows places that matter to the model, and would show them whatever is asked.`,
    ]
  const depends = verdicts.filter(({ outcome }) => outcome === 'depends')
  if (spread && spread[0] > 1 + count / 2 && depends.length > 0 && against.length === 0)
    return [
      `${variant} depends on ${depends.map(({ axis }) => axis).join(' and ')}, and every metric of faithfulness places it below half of the variants: it changes with what it should, and its strongest places matter less than others'.`,
    ]
  return []
}

/** Compares what metrics of faithfulness say of the variants of a study; nothing where fewer than two metrics are there. */
export function disagreementOf(
  { identity: { variants } }: Pick<StudyRecord, 'identity'>,
  summary: StudySummary,
): Disagreement | undefined {
  const ids = variants.filter(({ control }) => !control).map(({ id }) => id)
  const columns = summary.checks.flatMap(({ better = {}, findings }) =>
    Object.entries(better).flatMap(([metric, end]) => {
      const own = findings.filter((one) => one.metric === metric && ids.includes(one.variant))
      // A metric that puts nothing before anything else ranks nothing.
      return own.length > 1 ? [{ metric, ranks: ranksBy(own, end) }] : []
    }),
  )
  const dividing = columns.filter(({ ranks }) => [...ranks.values()].some(({ rank }) => rank > 1))
  if (columns.length < 2) return undefined
  const metrics = columns.map(({ metric }) => metric)
  const ranked = ids.map((variant): VariantRanks => {
    const ranks = columns.map((column) => column.ranks.get(variant))
    const spread = spreadOf(ranks)
    return { variant, ranks, ...(spread && { spread }) }
  })
  const divided = dividing.map(({ metric }) => metric)
  const contradictions = ranked.flatMap((one) => {
    const ranks = one.ranks.filter((_, i) => divided.includes(metrics[i] as string))
    const spread = spreadOf(ranks)
    return contradictionOf(
      { variant: one.variant, ranks, ...(spread && { spread }) },
      divided,
      summary,
      ids.length,
    )
  })
  return { metrics, variants: ranked, contradictions }
}
