import { resolve } from 'node:path'
import {
  keepsLedger,
  ledgerLines,
  type ResolvedTarget,
  resolveTarget,
  topPredictions,
} from '@saliency/explain'
import pc from 'picocolors'
import type { RunnerModel } from '@saliency/toolkit'
import {
  createMapWriter,
  type DirectionFile,
  type ExplainImage,
  explainImage,
  type ExplainImages,
  type MapEntry,
  type OpenMethods,
  partsOf,
} from '@saliency/toolkit/steps'
import type { ExplainFlags } from './discover.ts'
import type { ExplainProgress } from './progress.ts'
import { ledgerTable } from './print-ledger.ts'
import { type Terminal, warn } from './terminal.ts'

/** What a model says of an image, in words; of an output that is explained along a direction, how far it reaches along it. */
function predictionText(logits: Float32Array, { model, along }: OneImage): string {
  if (along) {
    const reach = along.values.reduce((sum, value, at) => sum + value * (logits[at] as number), 0)
    return `${reach.toPrecision(4)} along ${along.name}`
  }
  const [output] = logits
  if (logits.length === 1 && output !== undefined)
    return `${output.toPrecision(4)} (one output and no sigmoid: no classes)`
  const best = topPredictions(logits, model.model.head, model.classes)
  const list = best.map(
    ({ index, name, probability }) => `${withIndex(name, index)} ${(100 * probability).toFixed(1)} %`,
  )
  return list.join(', ')
}

/** One explained image and everything it needs. */
export interface OneImage {
  readonly images: ExplainImages
  readonly along: DirectionFile | undefined
  readonly index: number
  readonly methods: OpenMethods
  readonly model: RunnerModel
  readonly flags: ExplainFlags
  readonly terminal: Terminal
  readonly progress: ExplainProgress
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
    terminal.out(ledgerTable(`${image.name}, ${variant.id}, ${name}`, lines, terminal.columns))
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

/** A class by name and index; a class without a name is called by its index already. */
const withIndex = (name: string, index: number | string) =>
  name === index || name === `class ${index}` ? name : `${name} (${index})`

/** Whether the class that the model predicts is the image's; undefined where that is not known. */
function isRight({ label }: ExplainImage, logits: Float32Array): boolean | undefined {
  if (label === undefined || logits.length < 2) return undefined
  return logits.indexOf(logits.reduce((most, logit) => Math.max(most, logit))) === label
}

/** What was explained of one image. */
interface ExplainedImage {
  readonly entries: readonly MapEntry[]
  readonly isRight: boolean | undefined
}

/**
 * Writes the maps of one image. Of a single image each part of the variants is written as it is computed; of several, the
 * variants share their passes and their session.
 */
export async function explainOne(request: OneImage): Promise<ExplainedImage> {
  const { images, index, methods, model, flags, terminal, progress } = request
  const image = await images.load(index)
  const { data: logits } = await methods.explainer.predict(image.input)
  const prediction = predictionText(logits, request)
  if (!flags.json) terminal.out(`${pc.bold(image.name)}: ${prediction}`)
  const target = targetOf(request, image, logits)
  const writer = await createMapWriter({
    folder: resolve(flags.out),
    image,
    saveMaps: flags.saveMaps === true,
  })
  const parts = images.names.length === 1 ? partsOf(methods.explainer) : [undefined]
  for (const part of parts) {
    if (terminal.signal.aborted) break
    progress.now(part?.label ?? image.name)
    const maps = await explainImage(methods, image, target, part?.variants)
    await writer.add(maps)
    for (const { id, problem } of maps)
      if (problem !== undefined) warn(terminal, `${image.name}, ${id}: ${problem}`)
    progress.finished(maps.length)
  }
  if (flags.ledger) await printLedgers(request, image, target)
  const title = `${image.name}: ${withIndex(target.name, target.target)}, ${model.model.name}`
  return { entries: await writer.finish({ title, prediction }), isRight: isRight(image, logits) }
}
