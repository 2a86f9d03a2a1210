import type { ModelFormat, SourceInput } from '@saliency/model-formats'
import type { SelfCheck } from '@saliency/study'
import pc from 'picocolors'
import { type InspectedModel, inspectModel, loadModel, openEngine, type RunnerModel } from '@saliency/toolkit'
import { describeAttention, formatNorms, type ModelFlags, modelSettings } from '@saliency/toolkit/steps'
import { exitCodes } from '../exit-codes.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { sayEngine } from './engine-line.ts'
import { type Terminal, warn } from './terminal.ts'
import { textTable } from './text-table.ts'

/** Flags of `saliency inspect`. */
export interface InspectFlags extends CommonFlags, ModelFlags {
  readonly json?: boolean
  readonly verify?: boolean
}

/** Where images have their channels in a format, unless the file's layers read them otherwise. */
const conventions: Readonly<Record<ModelFormat, SourceInput['layout']>> = {
  onnx: 'channels-first',
  'tfjs-layers': 'channels-last',
  'tfjs-graph': 'channels-last',
  'keras-h5': 'channels-last',
  'keras-v3': 'channels-last',
}

function print(
  terminal: Terminal,
  { model, preprocess, classes, input, format }: RunnerModel,
  info: InspectedModel,
): void {
  const shape = (dims: readonly unknown[]) => dims.join(' × ')
  terminal.out(
    `${pc.bold(model.name)}: ${shape(model.image.shape)} → ${shape(model.logits.shape)} (${model.head === 'none' ? 'logits' : `${model.head} split off`}), ${info.parameters.toLocaleString('en')} parameters, norms: ${formatNorms(model)}`,
  )
  if (input && input.layout !== conventions[format ?? 'onnx'])
    terminal.out(
      `input '${input.name}': its channels come ${input.layout === 'channels-first' ? 'first, [n, c, h, w]' : 'last, [n, h, w, c]'}, as the layers behind it read them.`,
    )
  for (const line of describeAttention(model)) terminal.out(line)
  terminal.out(`preprocessing: ${JSON.stringify({ ...preprocess, classes: undefined })}`)
  if (classes)
    terminal.out(
      `classes: ${classes.slice(0, 12).join(', ')}${classes.length > 12 ? `, … (${classes.length})` : ''}`,
    )
  const blocks = new Map(model.blocks.flatMap(({ name, layers }) => layers.map((layer) => [layer, name])))
  const rows = model.layers.map((layer) => {
    const isTarget = layer === model.target.layer ? pc.bold(`${layer.name} ← target layer`) : layer.name
    const operators = layer.nodes.map(({ op }) => op).join(' ')
    return [isTarget, layer.kind, shape(layer.output.shape), operators, blocks.get(layer) ?? '']
  })
  terminal.out(textTable(['layer', 'kind', 'shape', 'operators', 'block'], rows, terminal.columns))
  const { layer: target, reason } = model.target
  terminal.out(`random weights: ${info.randomWeights}.`)
  terminal.out(`target layer of class activation maps: ${target ? `'${target.name}', ` : 'none: '}${reason}.`)
}

const resultColours = { holds: pc.green, fails: pc.red, 'not checked': pc.yellow } as const

/** What can be trusted on this file, as one table. */
function printSelfChecks(terminal: Terminal, found: readonly SelfCheck[]): void {
  const rows = found.map(({ checked, result, detail }) => [checked, resultColours[result](result), detail])
  terminal.out(textTable(['checked on this file', 'result', 'what was found'], rows, terminal.columns ?? 124))
}

/** What variants cannot treat; those with the same reason stand together. */
function printUntreated(
  terminal: Terminal,
  untreated: readonly { readonly variant: string; readonly reason: string }[],
): void {
  const byReason = new Map<string, string[]>()
  for (const { variant, reason } of untreated)
    byReason.set(reason, [...(byReason.get(reason) ?? []), variant])
  for (const [reason, variants] of byReason) terminal.out(pc.red(`${variants.join(', ')}: ${reason}`))
}

/** `saliency inspect MODEL`: what it is, and what each method cannot treat. */
export async function inspectCommand(
  source: string,
  flags: InspectFlags,
  terminal: Terminal,
): Promise<number> {
  const { registry, root } = await openProject(flags)
  const loaded = await loadModel(source, modelSettings(root, flags))
  const engine = flags.verify ? await openEngine() : undefined
  if (engine) sayEngine(engine, undefined, terminal)
  const info = await inspectModel(loaded, engine && { verify: engine }, registry)
  const { untreated, leftOut, variants, selfChecks: checks } = info
  for (const warning of loaded.warnings) warn(terminal, warning)
  if (flags.json) terminal.out(JSON.stringify(info, undefined, 2))
  else {
    print(terminal, loaded, info)
    terminal.out(`${variants - untreated.length} of ${variants} variants can explain it.`)
    printUntreated(terminal, untreated)
    for (const sentence of leftOut) terminal.out(pc.dim(sentence))
    if (checks) printSelfChecks(terminal, checks)
  }
  return checks?.some(({ result }) => result === 'fails') ? exitCodes.someFailed : exitCodes.ok
}
