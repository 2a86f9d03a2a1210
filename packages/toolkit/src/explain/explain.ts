import { counted, type Engine, type Method, type ResolvedVariant, SaliencyError } from '@saliency/core'
import {
  type ExplainedMap as VariantMap,
  type Explainer,
  openExplainer,
  resolveSelections,
  type ResolvedTarget,
  resolveTarget,
} from '@saliency/explain'
import { discoverPlugins } from '../discovery/discover.ts'
import { createRegistry, type Registry } from '../discovery/registry.ts'
import { selectMethods } from '../discovery/selection.ts'
import { openEngine } from '../engines.ts'
import type { RunnerModel } from '../models.ts'
import { assertCall } from './assert-call.ts'
import type { ExplainSettings } from './explain-settings.ts'
import { arrayImage, type ExplainImage, type ImageInput, openExplainImages } from './images.ts'

/** The map of one image: `data` with `shape` `[1, c, h, w]`, the image's size or the target layer's. */
export interface ExplainedMap extends VariantMap {
  /** What is explained: a class's index, a sum of classes as in `281-285`, or `direction`. */
  readonly target: number | string
  /** What that is called: the classes' names, where they are known. */
  readonly targetName: string
}

/** Chosen methods open for one model, and the engine that runs them. */
export interface OpenMethods {
  readonly explainer: Explainer
  readonly engine: Engine
}

/**
 * Finds the chosen methods and opens them for a model.
 * @throws UNKNOWN_METHOD, UNKNOWN_VARIANT, INVALID_OPTION, ENGINE
 */
export async function openMethods(
  model: RunnerModel,
  { method, options, seed = 1, engine: wanted = 'auto', plugins = [] }: ExplainSettings,
  registry?: Registry,
): Promise<OpenMethods> {
  const found = registry ?? createRegistry(await discoverPlugins({ plugins }))
  const list = (Array.isArray(method) ? method : [method]) as readonly (string | Method)[]
  const variants = resolveSelections(selectMethods(list, { registry: found, model: model.model }, options))
  const given = list.filter((one): one is Method => typeof one !== 'string')
  const engine = typeof wanted === 'string' ? await openEngine(wanted) : wanted
  const methods = [...given, ...found.methods]
  return { engine, explainer: openExplainer(model, { engine, variants, methods, seed }) }
}

/** The maps of one image for one class, or for another direction over the outputs; of some variants, where they are named. */
export function explainImage(
  { explainer }: OpenMethods,
  { id, input }: ExplainImage,
  { target, name: targetName, direction }: ResolvedTarget,
  only?: readonly ResolvedVariant[],
): Promise<ExplainedMap[]> {
  return explainer
    .explain({
      images: input,
      targets: direction,
      ...(id !== undefined && { ids: [id] }),
      ...(only && { only }),
    })
    .then((maps) => maps.map((map) => ({ ...map, target, targetName })))
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
  assertCall(model, image, settings)
  const methods = await openMethods(model, settings)
  const { explainer } = methods
  try {
    const [failure] = explainer.unavailable
    if (failure && !settings.onUnavailable) throw failure.error
    for (const one of explainer.unavailable) settings.onUnavailable?.(one)
    const loaded = typeof image === 'string' ? await loadOne(image, model) : arrayImage(image, model.model)
    const { data: logits } = await explainer.predict(loaded.input)
    return await explainImage(methods, loaded, resolveTarget(settings.target, logits, loaded, model.classes))
  } finally {
    await explainer.dispose()
  }
}

async function loadOne(path: string, model: RunnerModel): Promise<ExplainImage> {
  const images = await openExplainImages(path, model)
  if (images.names.length === 1) return images.load(0)
  const reason =
    images.skipped[0]?.reason ?? `it holds ${counted(images.names.length, 'image')}; give one of them`
  throw new SaliencyError('INVALID_INPUT', `${path}: ${reason}.`)
}
