import type { Engine, LoadedModel, Method, ResolvedVariant, Weights } from '@saliency/core'
import {
  type MapGraphs,
  mapGraphs,
  type OpenMaps,
  openMaps,
  traceVariants,
  type VariantFailure,
  type VariantSet,
} from '@saliency/explain'

/** Sessions for trained weights stay open; those for the last weights drawn anew do, too. */
const KEPT = 2
/** Changed pictures that a sampling method evaluates at once, as the command does. */
const SAMPLES_PER_BATCH = 8

/** The variants of one method, traced together: they share their passes. */
export interface Part {
  readonly method: Method
  readonly variants: readonly ResolvedVariant[]
  /** Variants that this network cannot be explained with. */
  unavailable(): readonly VariantFailure[]
  /** The maps under some weights; opened anew only where others were asked for before. */
  open(engine: Engine, weights: Weights): Promise<OpenMaps>
  close(): Promise<void>
}

/** Opens graphs for weights, and closes those that were asked for longest ago. */
function keeper(graphs: () => MapGraphs) {
  const opened = new Map<Weights, OpenMaps>()
  return {
    async open(engine: Engine, weights: Weights): Promise<OpenMaps> {
      const known = opened.get(weights)
      if (known) return known
      const [, last] = [...opened.keys()]
      if (last && opened.size >= KEPT) {
        await opened.get(last)?.dispose()
        opened.delete(last)
      }
      const settings = { engine, weights, batchSize: 1, samplesPerBatch: SAMPLES_PER_BATCH, seed: 1 }
      const maps = await openMaps(graphs(), settings)
      opened.set(weights, maps)
      return maps
    },
    async close() {
      for (const maps of opened.values()) await maps.dispose()
      opened.clear()
    },
  }
}

function partOf(
  { model }: LoadedModel,
  method: Method,
  variants: readonly ResolvedVariant[],
  methods: readonly Method[],
): Part {
  let set: VariantSet | undefined
  let graphs: MapGraphs | undefined
  const traced = () => (set ??= traceVariants(model, variants, methods))
  return {
    method,
    variants,
    unavailable: () => traced().failures,
    ...keeper(() => (graphs ??= mapGraphs(traced(), 'one-channel'))),
  }
}

/** One part a method, traced when it is first looked at. */
export function partsFor(
  loaded: LoadedModel,
  variants: readonly ResolvedVariant[],
  methods: readonly Method[],
): Part[] {
  const own = [...new Set(variants.map(({ method }) => method))]
  return own.map((method) =>
    partOf(
      loaded,
      method,
      variants.filter((variant) => variant.method === method),
      methods,
    ),
  )
}
