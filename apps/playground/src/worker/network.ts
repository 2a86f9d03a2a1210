import type { Engine, LoadedModel, Method, ResolvedVariant } from '@saliency/core'
import { openPredictor, type Predictor, resolveSelections, type Selection } from '@saliency/explain'
import type { Preprocess } from '@saliency/model-formats'
import type { Choosable } from '../protocol.ts'
import type { ChosenEngine } from './engines.ts'
import { partsFor, type Part } from './parts.ts'
import { cascadeOf, type RandomStep } from './steps.ts'

/** What a network is opened from. */
export interface NetworkSource extends LoadedModel {
  readonly preprocess: Preprocess
  readonly classes: readonly string[]
  readonly outputs: Choosable
  /** The target layer that was chosen instead of the model's own. */
  readonly layer?: string
  readonly guesses: readonly string[]
  readonly takesAnySize: boolean
}

/** A network that is open, with everything that was made of it. */
export interface Network extends NetworkSource {
  readonly engine: Engine
  /** Pictures that are explained at once where several are compared. */
  readonly together: number
  readonly methods: readonly Method[]
  readonly variants: readonly ResolvedVariant[]
  readonly parts: readonly Part[]
  readonly steps: readonly RandomStep[]
  readonly predictor: Predictor
  /** Gives all memory back. */
  dispose(): Promise<void>
}

/** Pictures of which many fit into memory at once, with all that is computed of them. */
export const takesSmallPictures = ({ preprocess: { input } }: NetworkSource): boolean =>
  input.height * input.width <= 96 * 96

/** Whether a method asks for a target layer. */
export const hasTargetLayer = (method: Method): boolean => 'layer' in method.options

/** Some methods with all their variants, at the target layer that was chosen. */
export function selectionsOf(methods: readonly Method[], layer: string | undefined): Selection[] {
  return methods.map((method) => ({
    method,
    options: layer !== undefined && hasTargetLayer(method) ? { layer } : {},
  }))
}

/** Traces every method that can explain the network; no map is computed yet. */
export async function openNetwork(
  source: NetworkSource,
  { engine, isShared }: Pick<ChosenEngine, 'engine' | 'isShared'>,
  all: readonly Method[],
): Promise<Network> {
  const { model, weights } = source
  const methods = all.filter((method) => method.whyNot?.(model) === undefined)
  const variants = resolveSelections(selectionsOf(methods, source.layer))
  const parts = partsFor(source, variants, all)
  const predictor = await openPredictor(engine, model, weights, 1)
  return {
    ...source,
    engine,
    together: isShared && takesSmallPictures(source) ? 3 : 1,
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
