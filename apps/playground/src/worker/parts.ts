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

/** Changed pictures that a sampling method evaluates at once, as the command does. */
const SAMPLES_PER_BATCH = 8

/** The variants of one method, traced together: they share their passes. */
export interface Part {
  readonly method: Method
  readonly variants: readonly ResolvedVariant[]
  /** Variants that this network cannot be explained with. */
  unavailable(): readonly VariantFailure[]
  /** The maps under some weights, so many pictures at once; opened anew only where others were asked for before. */
  open(engine: Engine, weights: Weights, batchSize: number): Promise<OpenMaps>
  close(): Promise<void>
}

interface Opened {
  readonly weights: Weights
  readonly batchSize: number
  readonly maps: OpenMaps
}

/** Opens graphs for trained weights, which come first, and for the last weights besides. */
function keeper(graphs: () => MapGraphs) {
  let opened: readonly Opened[] = []
  async function closeAllBut(stays: (one: Opened) => boolean): Promise<void> {
    const gone = opened.filter((one) => !stays(one))
    opened = opened.filter(stays)
    for (const { maps } of gone) await maps.dispose()
  }
  return {
    async open(engine: Engine, weights: Weights, batchSize: number): Promise<OpenMaps> {
      const known = opened.find((one) => one.weights === weights && one.batchSize === batchSize)
      if (known) return known.maps
      const trained = opened[0]?.weights
      await closeAllBut((one) => one.weights === trained || one.weights === weights)
      const settings = { engine, weights, batchSize, samplesPerBatch: SAMPLES_PER_BATCH, seed: 1 }
      const maps = await openMaps(graphs(), settings)
      opened = [...opened, { weights, batchSize, maps }]
      return maps
    },
    close: () => closeAllBut(() => false),
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
