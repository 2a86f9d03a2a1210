import { engineName } from '../engines.ts'
import { resolve } from 'node:path'
import { counted, type Engine, messageOf, SaliencyError } from '@saliency/core'
import {
  classTerms,
  keepsLedger,
  ledgerLines,
  optionPair,
  type ResolvedTarget,
  resolveTarget,
  topPredictions,
} from '@saliency/explain'
import pc from 'picocolors'
import { writeAtomically } from '@saliency/study/system'
import { leftOutOfAll } from '../discovery/selection.ts'
import { exitCodes } from '../errors.ts'
import { type DirectionFile, readDirection } from '../explain/direction.ts'
import { explainImage, openMethods, type OpenMethods } from '../explain/explain.ts'
import { type ExplainImage, type ExplainImages, openExplainImages } from '../explain/images.ts'
import { type MapEntry, writeMaps } from '../explain/write.ts'
import { loadModel, type RunnerModel } from '../models.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { ledgerTable } from './print-ledger.ts'
import { type Terminal, warn } from './terminal.ts'
import { type ModelFlags, modelSettings } from '../model-settings.ts'

/** Flags of `saliency explain`. */
export interface ExplainFlags extends CommonFlags, ModelFlags {
  readonly model?: string
  readonly method: readonly string[]
  readonly option?: readonly string[]
  readonly target?: string
  readonly direction?: string
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

/** Of an output that is explained along a direction: how far it reaches along it. */
function printReach(terminal: Terminal, name: string, logits: Float32Array, along: DirectionFile): void {
  const reach = along.values.reduce((sum, value, at) => sum + value * (logits[at] as number), 0)
  terminal.out(`${pc.bold(name)}: ${reach.toPrecision(4)} along ${along.name}`)
}

/** One explained image and everything it needs. */
interface OneImage {
  readonly images: ExplainImages
  readonly along: DirectionFile | undefined
  readonly index: number
  readonly methods: OpenMethods
  readonly model: RunnerModel
  readonly flags: ExplainFlags
  readonly terminal: Terminal
}

async function printLedgers(
  { methods: { engine, explainer }, model, terminal }: OneImage,
  image: ExplainImage,
  { direction, name }: ResolvedTarget,
): Promise<void> {
  const kept = explainer.variants.filter(keepsLedger)
  if (kept.length === 0)
    warn(terminal, 'none of the chosen variants keeps a ledger: only methods that propagate relevance do.')
  for (const variant of kept) {
    const lines = await ledgerLines({ model, variant, engine, image: image.input, direction })
    terminal.out(ledgerTable(`${image.name}, ${variant.id}, ${name}`, lines))
  }
}

/** What is explained of one image, under the name that results give it. */
function targetOf(
  { flags, along, model }: OneImage,
  image: ExplainImage,
  logits: Float32Array,
): ResolvedTarget {
  if (along === undefined) return resolveTarget(flags.target, logits, image, model.classes)
  return { ...resolveTarget(along.values, logits, image), target: along.name, name: along.name }
}

const titleOf = ({ target, name }: ResolvedTarget) => (target === name ? name : `${name} (${target})`)

async function explainOne(request: OneImage): Promise<MapEntry[]> {
  const { images, index, along, methods, model, flags, terminal } = request
  const image = await images.load(index)
  const { data: logits } = await methods.explainer.predict(image.input)
  if (!flags.json && along) printReach(terminal, image.name, logits, along)
  else if (!flags.json) printPredictions(terminal, image.name, logits, model)
  const target = targetOf(request, image, logits)
  const maps = await explainImage(methods, image, target)
  for (const { id, problem } of maps)
    if (problem !== undefined) warn(terminal, `${image.name}, ${id}: ${problem}`)
  if (flags.ledger) await printLedgers(request, image, target)
  return writeMaps({
    folder: resolve(flags.out),
    image,
    maps,
    saveMaps: flags.saveMaps === true,
    title: `${image.name}: ${titleOf(target)}, ${model.model.name}`,
  })
}

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
  assertOneReading(flags.target, model)
  const along = flags.direction === undefined ? undefined : readDirection(flags.direction, model.model)
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
    return await explainAll({ images, along, methods, model, flags, terminal })
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
      `${counted(entries.length, 'map')} of ${counted(new Set(entries.map((entry) => entry.image)).size, 'image')} in ${flags.out}; contact-sheet.png in each image's folder, all listed in maps.json.`,
    )
  if (entries.length === 0) return exitCodes.badInput
  const isPartial = failures.length > 0 || (!isAll && unavailable.length > 0)
  return isPartial ? exitCodes.someFailed : exitCodes.ok
}
