import type { Engine, LoadedModel, Method, ResolvedVariant } from '@saliency/core'
import { openPredictor, type Predictor, resolveSelections } from '@saliency/explain'
import type { Preprocess } from '@saliency/model-formats'
import { partsFor, type Part } from './parts.ts'
import { cascadeOf, type RandomStep } from './steps.ts'

/** A network that is open, with everything that was made of it. */
export interface Network extends LoadedModel {
  readonly engine: Engine
  readonly preprocess: Preprocess
  readonly isGuessed: boolean
  readonly classes: readonly string[]
  readonly methods: readonly Method[]
  readonly variants: readonly ResolvedVariant[]
  readonly parts: readonly Part[]
  readonly steps: readonly RandomStep[]
  readonly predictor: Predictor
  /** Gives all memory back. */
  dispose(): Promise<void>
}

/** What a network is opened from. */
export interface NetworkSource extends LoadedModel {
  readonly preprocess: Preprocess
  readonly isGuessed: boolean
  readonly classes: readonly string[]
}

/** Traces every method that can explain the network; no map is computed yet. */
export async function openNetwork(
  source: NetworkSource,
  engine: Engine,
  all: readonly Method[],
): Promise<Network> {
  const { model, weights } = source
  const methods = all.filter((method) => method.whyNot?.(model) === undefined)
  const variants = resolveSelections(methods.map((method) => ({ method, options: {} })))
  const parts = partsFor(source, variants, all)
  const predictor = await openPredictor(engine, model, weights, 1)
  return {
    ...source,
    engine,
    methods,
    variants,
    parts,
    predictor,
    steps: cascadeOf(model),
    async dispose() {
      await predictor.dispose()
      for (const part of parts) await part.close()
    },
  }
}
