import { activationScales, LOGITS, oneChannel, type Plan, type TracedVariant } from '@saliency/core'
import type { SamplingVariant, VariantSet } from './variant-set.ts'

/** The output name of the activations' scales, block by block. */
export const ACTIVATIONS = 'activations'

/** Variants whose maps one session computes. */
export interface MapGraph {
  readonly plan: Plan
  readonly variants: readonly TracedVariant[]
}

/** The graphs of a study: made once, opened anew for each weight state (engines keep what they made of a plan). */
export interface MapGraphs {
  readonly set: VariantSet
  readonly map: 'one-channel' | 'full'
  readonly graphs: readonly MapGraph[]
  /** What each sampling method evaluates. */
  readonly samplers: readonly { readonly sampling: SamplingVariant; readonly plan: Plan }[]
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  )
}

/**
 * Makes the graphs of a set of variants: of the signed sum over channels, or of maps as the methods return them. The logits
 * come with every graph, since the forward pass is computed anyway; the scales of the activations with the first.
 * @param perSession variants in one session; fewer need less memory and more time. Default: all in one.
 */
export function mapGraphs(
  set: VariantSet,
  map: 'one-channel' | 'full',
  perSession: number = Infinity,
): MapGraphs {
  const { model, traced } = set
  const size = Math.max(1, Math.min(perSession, traced.length))
  const groups = traced.length === 0 ? [[]] : chunks(traced, size)
  const graphs = groups.map((variants, index): MapGraph => {
    const maps = variants.map((one) => [one.variant.id, map === 'full' ? one.map : oneChannel(one.map)])
    const scales = index === 0 && map === 'one-channel' ? { [ACTIVATIONS]: activationScales(model) } : {}
    return { variants, plan: { outputs: { [LOGITS]: model.logits, ...scales, ...Object.fromEntries(maps) } } }
  })
  const samplers = set.sampling.map((sampling) => {
    const outputs = sampling.of === 'predict' ? { [LOGITS]: model.logits } : { map: sampling.of.map }
    return { sampling, plan: { outputs } }
  })
  return { set, map, graphs, samplers }
}
