import {
  type Engine,
  type FloatTensor,
  type Method,
  type Options,
  type ResolvedVariant,
  SaliencyError,
} from '@saliency/core'
import {
  diagnose,
  type MapSession,
  openMapSession,
  openPredictor,
  planMaps,
  type Predictor,
  resolveSelections,
  resolveTarget,
  seedsFor,
  type Target,
  traceVariants,
  type VariantFailure,
} from '@saliency/explain'
import { discoverPlugins } from '../discovery/discover.ts'
import { createRegistry, type Registry } from '../discovery/registry.ts'
import { selectMethods } from '../discovery/selection.ts'
import { openEngine } from '../engines.ts'
import type { RunnerModel } from '../models.ts'
import { arrayImage, type ExplainImage, type ImageInput, openExplainImages } from './images.ts'

/** One map, exactly as its method returned it. */
export interface ExplainedMap {
  /** `method/variant` */
  readonly id: string
  readonly method: string
  readonly variant: string
  /** The class explained. */
  readonly target: number
  readonly data: Float32Array
  /** `[1, c, h, w]`: the image's size, or the target layer's. */
  readonly shape: readonly number[]
  readonly handling: string
  readonly options: Options
  /** What is wrong with the map and the likely cause, if something is. */
  readonly problem?: string
}

/** How to explain. */
export interface ExplainSettings {
  /** `id`, `id/variant`, `id/variant?option=value`, a method object, or a list of these; `'all'` for every method. */
  readonly method: string | Method | readonly (string | Method)[]
  /** Default: what a table of images names, else `predicted`. */
  readonly target?: Target
  /** Overrides for every chosen method that has the option. */
  readonly options?: Options
  /** Default: `auto`. */
  readonly engine?: string | Engine
  /** Names random streams; default 1. */
  readonly seed?: number
  /** Plugins besides those found; see `saliency list`. */
  readonly plugins?: readonly string[]
  /** What to do with variants this model cannot be explained with; default: throw the first's error. */
  readonly onUnavailable?: (failure: VariantFailure) => void
}

/** Methods open for one model. */
export interface Explainer {
  readonly variants: readonly ResolvedVariant[]
  readonly unavailable: readonly VariantFailure[]
  readonly engine: Engine
  /** `[k]` */
  predict(image: ExplainImage): Promise<Float32Array>
  explain(image: ExplainImage, target: number): Promise<ExplainedMap[]>
  dispose(): Promise<void>
}

/** Samples evaluated at once by sampling methods; recorded, because another size moves the last bits. */
const SAMPLES_PER_BATCH = 8

/** Finds plugins for a library call. */
export async function findMethods(plugins: readonly string[] = []): Promise<Registry> {
  return createRegistry(await discoverPlugins({ plugins }))
}

/**
 * Opens methods for a model: one session that all of them share.
 * @throws UNKNOWN_METHOD, UNKNOWN_VARIANT, INVALID_OPTION, ENGINE
 */
export async function openExplainer(
  model: RunnerModel,
  settings: ExplainSettings,
  registry?: Registry,
): Promise<Explainer> {
  const { method, options = {}, seed = 1, engine: wanted = 'auto' } = settings
  const found = registry ?? (await findMethods(settings.plugins))
  const pairs = Object.entries(options).map(([name, value]) => `${name}=${String(value)}`)
  const list = (Array.isArray(method) ? method : [method]) as readonly (string | Method)[]
  const variants = resolveSelections(selectMethods(list, found, pairs))
  const given = list.filter((one): one is Method => typeof one !== 'string')
  const set = traceVariants(model.model, variants, [...given, ...found.methods])
  const engine = typeof wanted === 'string' ? await openEngine(wanted) : wanted
  const samples = set.sampling.length > 0 ? SAMPLES_PER_BATCH : 1
  const plan = planMaps({ ...set, sampling: [] }, 'full')
  const sampling = planMaps({ ...set, traced: [] }, 'full')
  let predictor: Promise<Predictor> | undefined
  let sessions: Promise<MapSession[]> | undefined
  const openSessions = async () => {
    const open = (batchSize: number, one: typeof plan) =>
      openMapSession(one, { engine, weights: model.weights, batchSize, seed })
    return [await open(1, plan), ...(set.sampling.length > 0 ? [await open(samples, sampling)] : [])]
  }
  return {
    variants,
    unavailable: set.failures,
    engine,
    async predict({ input }) {
      predictor ??= openPredictor(engine, model.model, model.weights, 1)
      return (await (await predictor).logits(input)).data
    },
    async explain(image, target) {
      const seeds = seedsFor([target], model.model.logits.shape[1] as number)
      const request = { images: image.input, seeds, ids: [image.name], condition: `class ${target}` }
      const maps = new Map<string, FloatTensor>()
      for (const session of await (sessions ??= openSessions())) {
        for (const [id, map] of (await session.maps(request)).maps) maps.set(id, map)
      }
      return variants.flatMap((variant) => explained(variant, maps.get(variant.id), target))
    },
    async dispose() {
      await (await predictor)?.dispose()
      for (const session of (await sessions) ?? []) await session.dispose()
    },
  }
}

function explained(variant: ResolvedVariant, map: FloatTensor | undefined, target: number): ExplainedMap[] {
  if (!map) return []
  const problem = diagnose(map, variant)
  const { id, method, handling, options } = variant
  return [
    {
      id,
      method: method.id,
      variant: variant.variant,
      target,
      data: map.data,
      shape: map.shape,
      handling,
      options,
      ...(problem !== undefined && { problem }),
    },
  ]
}

/**
 * Explains one image: `const maps = await explain(model, 'cat.jpg', { method: 'guided', target: 3 })`.
 * @param image a file, or `{ data, shape }` with `[c, h, w]` numbers that are preprocessed already
 * @returns one map per variant, in the order asked for
 * @throws UNKNOWN_METHOD, UNKNOWN_VARIANT, INVALID_OPTION, INVALID_IMAGE, INVALID_INPUT, ENGINE
 */
export async function explain(
  model: RunnerModel,
  image: ImageInput,
  settings: ExplainSettings,
): Promise<ExplainedMap[]> {
  const explainer = await openExplainer(model, settings)
  try {
    const [failure] = explainer.unavailable
    if (failure && !settings.onUnavailable) throw failure.error
    for (const one of explainer.unavailable) settings.onUnavailable?.(one)
    const loaded = typeof image === 'string' ? await loadOne(image, model) : arrayImage(image, model.model)
    const logits = await explainer.predict(loaded)
    return await explainer.explain(loaded, resolveTarget(settings.target, logits, loaded, model.classes))
  } finally {
    await explainer.dispose()
  }
}

async function loadOne(path: string, model: RunnerModel): Promise<ExplainImage> {
  const images = await openExplainImages(path, model)
  if (images.names.length === 1) return images.load(0)
  const reason = images.skipped[0]?.reason ?? `it holds ${images.names.length} images; give one of them`
  throw new SaliencyError('INVALID_INPUT', `${path}: ${reason}.`)
}
