import type {
  Engine,
  FloatTensor,
  LoadedModel,
  Method,
  Model,
  Options,
  ResolvedVariant,
} from '@saliency/core'
import { diagnose } from './diagnose.ts'
import { assertFiniteLogits } from './finite.ts'
import { mapGraphs } from './map-graphs.ts'
import { type OpenMaps, openMaps } from './open-maps.ts'
import { openPredictor, type Predictor } from './predictor.ts'
import { directionsFor } from './directions.ts'
import { traceVariants, type VariantFailure, type VariantSet } from './variant-set.ts'

/** The maps of one variant, `[n, c, h, w]`, or `[n, 1, h', w']` at the resolution of a layer, as its method returned them. */
export interface ExplainedMap extends FloatTensor {
  /** `method/variant` */
  readonly id: string
  readonly method: string
  readonly variant: string
  readonly handling: string
  readonly options: Options
  /** What is wrong with the map and the likely cause, if something is. */
  readonly problem?: string
}

/** What an explainer is opened with. */
export interface ExplainerSettings {
  readonly engine: Engine
  readonly variants: readonly ResolvedVariant[]
  /** Every method at hand, for the parts of compositions and the maps that sampling methods average. */
  readonly methods?: readonly Method[]
  /** Images in a batch, default 1; the last one is padded. Another size changes maps by rounding. */
  readonly batchSize?: number
  /** Names the random numbers that methods draw, default 1. */
  readonly seed?: number
}

/** Images and what is explained of each. */
export interface ImagesToExplain {
  /** `[n, c, h, w]`, preprocessed. */
  readonly images: FloatTensor
  /** A class for each image, or directions in logit space `[n, k]`. */
  readonly targets: readonly number[] | FloatTensor
  /** Names each image in random streams; default `image 0`, `image 1` and so on. */
  readonly ids?: readonly string[]
  /**
   * These of the variants alone, in sessions that are closed again: their maps come before the others are computed, for
   * the price of a forward pass. Default: all variants in one session, which stays open for the next images.
   */
  readonly only?: readonly ResolvedVariant[]
}

/** Variants open for one model. */
export interface Explainer {
  readonly variants: readonly ResolvedVariant[]
  /** Variants that this model cannot be explained with, and why. */
  readonly unavailable: readonly VariantFailure[]
  /** The logits `[n, k]` of images `[n, c, h, w]`. */
  predict(images: FloatTensor): Promise<FloatTensor>
  /** The maps of every variant that is available, in the order asked for. */
  explain(request: ImagesToExplain): Promise<ExplainedMap[]>
  dispose(): Promise<void>
}

/** Changed images that sampling methods evaluate at once; another size changes maps by rounding. */
const SAMPLES_PER_BATCH = 8

function explainedMap(variant: ResolvedVariant, map: FloatTensor | undefined, model: Model): ExplainedMap[] {
  if (!map) return []
  const problem = diagnose(map, variant, model)
  const { id, method, handling, options } = variant
  const facts = { id, method: method.id, variant: variant.variant, handling, options }
  return [{ ...map, ...facts, ...(problem !== undefined && { problem }) }]
}

/** Some variants of a set, traced as they are. */
function partOf(set: VariantSet, only: readonly ResolvedVariant[]): VariantSet {
  const chosen = new Set(only.map(({ id }) => id))
  const keep = <T extends { readonly variant: ResolvedVariant }>(all: readonly T[]) =>
    all.filter(({ variant }) => chosen.has(variant.id))
  return { ...set, variants: only, traced: keep(set.traced), sampling: keep(set.sampling) }
}

/** The names of images that have none, in random streams. */
export function defaultIds(count: number): string[] {
  return Array.from({ length: count }, (_, row) => `image ${row}`)
}

/**
 * Opens variants of any kind for one model; those in the graph share one session, opened when it is first needed.
 * @throws INVALID_MODEL from `predict`, where logits are no finite numbers; ENGINE from `predict` and `explain`, where the engine cannot run the model or the images have another shape
 */
export function openExplainer(loaded: LoadedModel, settings: ExplainerSettings): Explainer {
  const { engine, variants, methods = [], batchSize = 1, seed = 1 } = settings
  const { model, weights } = loaded
  const set = traceVariants(model, variants, methods)
  const graphs = mapGraphs(set, 'full')
  const mapSettings = { engine, weights, batchSize, samplesPerBatch: SAMPLES_PER_BATCH, seed }
  let predictor: Promise<Predictor> | undefined
  let opened: Promise<OpenMaps> | undefined
  return {
    variants,
    unavailable: set.failures,
    async predict(images) {
      predictor ??= openPredictor(engine, model, weights, batchSize)
      const logits = await (await predictor).logits(images)
      await assertFiniteLogits(loaded, engine, images, logits)
      return logits
    },
    async explain({ images, targets, ids = defaultIds(Number(images.shape[0])), only }) {
      const directions = 'data' in targets ? targets : directionsFor(targets, Number(model.logits.shape[1]))
      const request = { images, directions, ids }
      if (only) {
        const some = await openMaps(mapGraphs(partOf(set, only), 'full'), mapSettings)
        const { maps } = await some.maps(request).finally(() => some.dispose())
        return only.flatMap((variant) => explainedMap(variant, maps.get(variant.id), model))
      }
      opened ??= openMaps(graphs, mapSettings)
      const { maps } = await (await opened).maps(request)
      return variants.flatMap((variant) => explainedMap(variant, maps.get(variant.id), model))
    },
    async dispose() {
      await (await predictor)?.dispose()
      await (await opened)?.dispose()
    },
  }
}
