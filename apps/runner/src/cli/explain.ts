import { engineName } from '../engines.ts'
import { resolve } from 'node:path'
import { type Engine, findClass, messageOf, SaliencyError } from '@saliency/core'
import { keepsLedger, ledgerLines, optionPair, resolveTarget, topPredictions } from '@saliency/explain'
import pc from 'picocolors'
import { writeAtomically } from '@saliency/study/system'
import { exitCodes } from '../errors.ts'
import { explainImage, openMethods, type OpenMethods } from '../explain/explain.ts'
import { type ExplainImage, type ExplainImages, openExplainImages } from '../explain/images.ts'
import { type MapEntry, writeMaps } from '../explain/write.ts'
import { loadModel, type RunnerModel } from '../models.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { ledgerTable } from './print-ledger.ts'
import { type Terminal, warn } from './terminal.ts'
import { type ModelFlags, modelSettings } from './options.ts'

/** Flags of `saliency explain`. */
export interface ExplainFlags extends CommonFlags, ModelFlags {
  readonly model?: string
  readonly method: readonly string[]
  readonly option?: readonly string[]
  readonly target?: string
  readonly out: string
  readonly saveMaps?: boolean
  readonly layer?: string
  readonly engine?: string
  readonly backend?: string
  readonly seed: number
  readonly json?: boolean
  readonly ledger?: boolean
}

/** The option that names a method's target layer, by convention. */
const LAYER_OPTION = 'layer'

function printPredictions(terminal: Terminal, name: string, logits: Float32Array, model: RunnerModel): void {
  const [output] = logits
  if (logits.length === 1 && output !== undefined)
    return terminal.out(`${pc.bold(name)}: ${output.toPrecision(4)} (one output and no sigmoid: no classes)`)
  const best = topPredictions(logits, model.model.head, model.classes)
  const list = best.map(
    ({ index, name: label, probability }) => `${label} (${index}) ${(100 * probability).toFixed(1)} %`,
  )
  terminal.out(`${pc.bold(name)}: ${list.join(', ')}`)
}

/** One explained image and everything it needs. */
interface OneImage {
  readonly images: ExplainImages
  readonly index: number
  readonly methods: OpenMethods
  readonly model: RunnerModel
  readonly flags: ExplainFlags
  readonly terminal: Terminal
}

async function printLedgers(
  { methods: { engine, explainer }, model, terminal }: OneImage,
  image: ExplainImage,
  target: number,
): Promise<void> {
  const kept = explainer.variants.filter(keepsLedger)
  if (kept.length === 0)
    warn(terminal, 'none of the chosen variants keeps a ledger: only methods that propagate relevance do.')
  for (const variant of kept) {
    const lines = await ledgerLines({ model, variant, engine, image: image.input, target })
    terminal.out(ledgerTable(`${image.name}, ${variant.id}, class ${target}`, lines))
  }
}

async function explainOne(request: OneImage): Promise<MapEntry[]> {
  const { images, index, methods, model, flags, terminal } = request
  const image = await images.load(index)
  const { data: logits } = await methods.explainer.predict(image.input)
  if (!flags.json) printPredictions(terminal, image.name, logits, model)
  const target = resolveTarget(flags.target, logits, image, model.classes)
  const maps = await explainImage(methods, image, target)
  for (const { id, problem } of maps)
    if (problem !== undefined) warn(terminal, `${image.name}, ${id}: ${problem}`)
  if (flags.ledger) await printLedgers(request, image, target)
  const label = model.classes?.[target] ?? `class ${target}`
  return writeMaps({
    folder: resolve(flags.out),
    image,
    maps,
    saveMaps: flags.saveMaps === true,
    title: `${image.name}: ${label} (${target}), ${model.model.name}`,
    ...(model.classes && { classes: model.classes }),
  })
}

function protocolOf(flags: ExplainFlags, model: RunnerModel, engine: Engine): Record<string, unknown> {
  return {
    model: model.model.name,
    preprocess: model.preprocess,
    target: flags.target ?? 'what a table names, else predicted',
    seed: flags.seed,
    start: 'one-hot: 1 at the explained logit, unless the variant starts from the value of the logit',
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
  if (target === undefined || target === 'predicted' || target === 'label') return
  findClass(target, { names: classes, count: Number(model.logits.shape[1]) }, '--target')
}

/** `saliency explain IMAGE|FOLDER`: overlays, contact sheets, and arrays on request. */
export async function explainCommand(path: string, flags: ExplainFlags, terminal: Terminal): Promise<number> {
  const { registry, loaded, root } = await openProject(flags)
  const config = flags.model === undefined ? loaded.config : {}
  const model = await loadModel(requireModel(flags, loaded.config.model), modelSettings(root, flags, config))
  for (const warning of model.warnings) warn(terminal, warning)
  const images = await openExplainImages(path, model)
  for (const notice of images.notices) warn(terminal, notice)
  assertOneReading(flags.target, model)
  const options = {
    ...Object.fromEntries((flags.option ?? []).map(optionPair)),
    ...(flags.layer !== undefined && { [LAYER_OPTION]: flags.layer }),
  }
  const engine = engineName(flags.engine, flags.backend)
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
  try {
    return await explainAll({ images, methods, model, flags, terminal })
  } finally {
    await methods.explainer.dispose()
  }
}

async function explainAll(request: Omit<OneImage, 'index'>): Promise<number> {
  const { images, methods, model, flags, terminal } = request
  const { engine, explainer } = methods
  const isAll = flags.method.includes('all')
  const entries: MapEntry[] = []
  const failures: { image: string; reason: string }[] = images.skipped.map(({ id, reason }) => ({
    image: id,
    reason,
  }))
  for (const { variant, error } of explainer.unavailable) {
    if (!isAll && explainer.variants.length === explainer.unavailable.length) throw error
    warn(terminal, `${variant.id}: ${messageOf(error)}`)
  }
  for (const index of images.names.keys()) {
    if (terminal.signal.aborted) return exitCodes.interrupted
    try {
      entries.push(...(await explainOne({ ...request, index })))
    } catch (error) {
      if (images.names.length === 1) throw error
      failures.push({ image: images.names[index] ?? '', reason: messageOf(error) })
    }
  }
  for (const { image, reason } of failures) warn(terminal, `${image}: ${reason}`)
  const unavailable = explainer.unavailable.map(({ variant, error }) => ({
    variant: variant.id,
    reason: messageOf(error),
  }))
  const index = {
    protocol: protocolOf(flags, model, engine),
    maps: entries,
    failures,
    unavailable,
    notices: images.notices,
  }
  writeAtomically(resolve(flags.out, 'maps.json'), `${JSON.stringify(index, undefined, 2)}\n`)
  if (flags.json) terminal.out(JSON.stringify(index))
  else
    terminal.out(
      `${entries.length} maps of ${new Set(entries.map((entry) => entry.image)).size} image(s) in ${flags.out}; contact-sheet.png in each image's folder, all listed in maps.json.`,
    )
  if (entries.length === 0) return exitCodes.badInput
  const isPartial = failures.length > 0 || (!isAll && unavailable.length > 0)
  return isPartial ? exitCodes.someFailed : exitCodes.ok
}
