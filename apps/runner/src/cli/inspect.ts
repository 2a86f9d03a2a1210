import { messageOf, type Model } from '@saliency/core'
import type { ModelFormat, SourceInput } from '@saliency/model-formats'
import { loadModel as importModel } from '@saliency/model-formats/node'
import { costOf, resolveSelections, traceVariants } from '@saliency/explain'
import type { SelfCheck } from '@saliency/study'
import pc from 'picocolors'
import { openEngine } from '../engines.ts'
import { leftOutOfAll } from '../discovery/selection.ts'
import { exitCodes } from '../errors.ts'
import { loadModel, type RunnerModel } from '../models.ts'
import { selfChecks } from '../self-check.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { sayEngine } from './engine-line.ts'
import { type Terminal, warn } from './terminal.ts'
import { textTable } from './text-table.ts'
import { describeAttention, formatNorms, normsOf } from './describe-model.ts'
import { type ModelFlags, modelSettings } from '../model-settings.ts'

/** Flags of `saliency inspect`. */
export interface InspectFlags extends CommonFlags, ModelFlags {
  readonly json?: boolean
  readonly verify?: boolean
}

function parametersOf(model: Model): number {
  const sizes = new Map(
    model.layers.flatMap((layer) =>
      layer.parameters.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]),
    ),
  )
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

function describe({ model, preprocess, classes, path }: RunnerModel): Record<string, unknown> {
  return {
    name: model.name,
    path,
    input: model.image.shape,
    output: model.logits.shape,
    head: model.head,
    classes: classes ?? null,
    preprocess,
    parameters: parametersOf(model),
    norms: normsOf(model),
    tokens: model.tokens
      ? {
          grid: model.tokens.grid,
          prefix: model.tokens.prefix,
          layers: model.tokens.layers.map(({ name }) => name),
        }
      : null,
    attentions: model.attentions.map(({ layer, scores, windows, mixesHeads }) => ({
      layer,
      shape: scores.shape,
      mixesHeads,
      ...(windows && { windows }),
    })),
    unrecognisedAttentions: model.unrecognisedAttentions,
    forwardBytes: costOf(model, []).bytes,
    defaultTargetLayer: model.target.layer?.name ?? null,
    defaultTargetReason: model.target.reason,
    targetLayers: model.layers.flatMap(({ name, output, maps }) =>
      maps ? [{ name, shape: output.shape, maps: maps.shape }] : [],
    ),
    randomWeights: randomWeights(model),
    blocks: model.blocks.map(({ name, layers }) => ({ name, layers: layers.map((layer) => layer.name) })),
    layers: model.layers.map(({ name, kind, output, nodes }) => ({
      name,
      kind,
      shape: output.shape,
      operators: nodes.map(({ op }) => op),
    })),
  }
}

/** How the network is drawn anew where a check asks for the layers' own initialisers. */
const randomWeights = ({ attentions }: Model) =>
  attentions.length > 0
    ? 'as a transformer: linear layers, prefix tokens and positions normal with deviation .02, cut at twice that; biases 0; norms 1 and 0'
    : "by each layer's own initialiser"

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
  info: Record<string, unknown>,
): void {
  const shape = (dims: readonly unknown[]) => dims.join(' × ')
  terminal.out(
    `${pc.bold(model.name)}: ${shape(model.image.shape)} → ${shape(model.logits.shape)} (${model.head === 'none' ? 'logits' : `${model.head} split off`}), ${Number(info['parameters']).toLocaleString('en')} parameters, norms: ${formatNorms(model)}`,
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
  const rows = model.layers.map((layer) => {
    const block = model.blocks.find(({ layers }) => layers.includes(layer))
    const isTarget = layer === model.target.layer ? pc.bold(`${layer.name} ← target layer`) : layer.name
    const operators = layer.nodes.map(({ op }) => op).join(' ')
    return [isTarget, layer.kind, shape(layer.output.shape), operators, block?.name ?? '']
  })
  terminal.out(textTable(['layer', 'kind', 'shape', 'operators', 'block'], rows, terminal.columns))
  const { layer: target, reason } = model.target
  terminal.out(`random weights: ${String(info['randomWeights'])}.`)
  terminal.out(`target layer of class activation maps: ${target ? `'${target.name}', ` : 'none: '}${reason}.`)
}

/** What can be trusted on the file that a model was read from. */
async function checked(
  { path, preprocess, output, targetRegion }: RunnerModel,
  terminal: Terminal,
): Promise<SelfCheck[]> {
  const imported = await importModel(path, {
    preprocess,
    ...(output !== undefined && { output }),
    ...(targetRegion && { targetRegion }),
  })
  const engine = await openEngine()
  sayEngine(engine, undefined, terminal)
  return selfChecks(imported, path, engine)
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
  const { model } = loaded
  const fitting = registry.methods.filter((method) => method.whyNot?.(model) === undefined)
  const selections = fitting.map((method) => ({ method, options: {} }))
  const leftOut = leftOutOfAll(['all'], { registry, model })
  const set = traceVariants(model, resolveSelections(selections), registry.methods)
  const untreated = set.failures.map(({ variant, error }) => ({
    variant: variant.id,
    reason: messageOf(error),
  }))
  const checks = flags.verify ? await checked(loaded, terminal) : undefined
  const info = {
    ...describe(loaded),
    untreated,
    leftOut,
    variants: set.variants.length,
    ...(checks && { selfChecks: checks }),
  }
  for (const warning of loaded.warnings) warn(terminal, warning)
  if (flags.json) terminal.out(JSON.stringify(info, undefined, 2))
  else {
    print(terminal, loaded, info)
    terminal.out(
      `${set.variants.length - untreated.length} of ${set.variants.length} variants can explain it.`,
    )
    printUntreated(terminal, untreated)
    for (const sentence of leftOut) terminal.out(pc.dim(sentence))
    if (checks) printSelfChecks(terminal, checks)
  }
  return checks?.some(({ result }) => result === 'fails') ? exitCodes.someFailed : exitCodes.ok
}
