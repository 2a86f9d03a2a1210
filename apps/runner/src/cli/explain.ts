import { type Engine, messageOf, SaliencyError } from '@saliency/core'
import { classTerms, optionPair } from '@saliency/explain'
import { loadModel, type RunnerModel } from '@saliency/toolkit'
import { leftOutOfAll, leftToNames, leftToNamesSentence } from '@saliency/toolkit/project'
import {
  engineName,
  type MapEntry,
  modelSettings,
  openExplainImages,
  openMethods,
  readDirection,
} from '@saliency/toolkit/steps'
import { exitCodes } from '../exit-codes.ts'
import { openProject } from './discover.ts'
import { sayEngine } from './engine-line.ts'
import type { ExplainFlags } from './discover.ts'
import { explainOne, type OneImage } from './explain-one.ts'
import { writeListing } from './explain-listing.ts'
import { createExplainProgress } from './progress.ts'
import { type Terminal, warn } from './terminal.ts'

/** The option that names a method's target layer, by convention. */
const LAYER_OPTION = 'layer'

/** The version of the shape of `maps.json`: what is added leaves it, what is taken away or renamed makes it 2. */
const MAPS_FORMAT = 1

const START =
  'one-hot: 1 at the explained logit, of a sum of classes −1 at those taken away, or the given direction; times the logits where a variant starts from their values'

function protocolOf(flags: ExplainFlags, model: RunnerModel, engine: Engine): Record<string, unknown> {
  return {
    model: model.model.name,
    preprocess: model.preprocess,
    targetLayer: { layer: model.model.target.layer?.name ?? null, reason: model.model.target.reason },
    target: flags.direction ?? flags.target ?? 'what a table names, else predicted',
    seed: flags.seed,
    start: START,
    arrays: 'float32 [1, c, h, w], exactly what the method returned; layer-resolution maps are not upsampled',
    overlays:
      'signed channel sum, divided by the 99.5th percentile of its magnitude; blue below zero, red above; viridis where nothing is negative',
    engine: { id: engine.id, version: engine.version },
  }
}

function requireModel(flags: ExplainFlags, configured: string | undefined): string {
  const model = flags.model ?? configured
  if (model !== undefined) return model
  throw new SaliencyError(
    'INVALID_CONFIG',
    'No model given: use --model FILE, or write a saliency.config.ts with a model.',
  )
}

/** A word on the command line may be a name or a number: where both mean a class, not the same one, it is refused. */
function assertOneReading(target: string | undefined, { model, classes }: RunnerModel): void {
  if (target === undefined) return
  classTerms(target, { names: classes, count: Number(model.logits.shape[1]) }, '--target', 'either')
}

/** `saliency explain IMAGE|FOLDER`: overlays, contact sheets, and arrays on request. */
export async function explainCommand(path: string, flags: ExplainFlags, terminal: Terminal): Promise<number> {
  const { registry, loaded, root } = await openProject(flags)
  const config = flags.model === undefined ? loaded.config : {}
  const model = await loadModel(requireModel(flags, loaded.config.model), modelSettings(root, flags, config))
  for (const warning of model.warnings) warn(terminal, warning)
  const images = await openExplainImages(path, model)
  for (const notice of images.notices) warn(terminal, notice)
  for (const sentence of leftOutOfAll(flags.method, { registry, model: model.model }))
    warn(terminal, sentence)
  const left = leftToNames(flags.method, { registry, model: model.model })
  if (left.length > 0) terminal.error(leftToNamesSentence(left))
  assertOneReading(flags.target, model)
  const along = flags.direction === undefined ? undefined : readDirection(flags.direction, model.model)
  const options = {
    ...Object.fromEntries((flags.option ?? []).map(optionPair)),
    ...(flags.layer !== undefined && { [LAYER_OPTION]: flags.layer }),
  }
  const engine = engineName(flags)
  const methods = await openMethods(
    model,
    {
      method: flags.method,
      options,
      ...(engine !== undefined && { engine }),
      seed: flags.seed,
    },
    registry,
  )
  sayEngine(methods.engine, engine, terminal)
  try {
    return await explainAll({ images, along, methods, model, flags, terminal })
  } finally {
    await methods.explainer.dispose()
  }
}

/** How often the model is right on images whose class is known. */
function accuracyOf(right: readonly boolean[]): { right: number; labelled: number } | undefined {
  if (right.length === 0) return undefined
  return { right: right.filter(Boolean).length, labelled: right.length }
}

async function explainAll(request: Omit<OneImage, 'index' | 'progress'>): Promise<number> {
  const { images, methods, model, flags, terminal } = request
  const { engine, explainer } = methods
  const isAll = flags.method.includes('all')
  const entries: MapEntry[] = []
  const right: boolean[] = []
  const failures: { image: string; reason: string }[] = images.skipped.map(({ id, reason }) => ({
    image: id,
    reason,
  }))
  for (const { variant, error } of explainer.unavailable) {
    if (!isAll && explainer.variants.length === explainer.unavailable.length) throw error
    warn(terminal, `${variant.id}: ${messageOf(error)}`)
  }
  const maps = images.names.length * (explainer.variants.length - explainer.unavailable.length)
  const progress = createExplainProgress(terminal, maps)
  try {
    for (const index of images.names.keys()) {
      if (terminal.signal.aborted) break
      try {
        const explained = await explainOne({ ...request, index, progress })
        entries.push(...explained.entries)
        if (explained.isRight !== undefined) right.push(explained.isRight)
      } catch (error) {
        if (images.names.length === 1) throw error
        failures.push({ image: images.names[index] ?? '', reason: messageOf(error) })
      }
    }
  } finally {
    progress.stop()
  }
  for (const { image, reason } of failures) warn(terminal, `${image}: ${reason}`)
  const unavailable = explainer.unavailable.map(({ variant, error }) => ({
    variant: variant.id,
    reason: messageOf(error),
  }))
  const accuracy = accuracyOf(right)
  const listing = {
    format: MAPS_FORMAT,
    protocol: protocolOf(flags, model, engine),
    maps: entries,
    failures,
    unavailable,
    notices: images.notices,
    ...(accuracy && { accuracy }),
  }
  writeListing(listing, flags, terminal)
  if (terminal.signal.aborted) return exitCodes.interrupted
  if (entries.length === 0) return exitCodes.badInput
  const isPartial = failures.length > 0 || (!isAll && unavailable.length > 0)
  return isPartial ? exitCodes.someFailed : exitCodes.ok
}
