import { type Engine, messageOf, type Model } from '@saliency/core'
import { costOf, resolveSelections, traceVariants } from '@saliency/explain'
import { loadModel as importModel } from '@saliency/model-formats/node'
import type { SelfCheck } from '@saliency/study'
import { normsOf } from './describe-model.ts'
import type { InspectedModel, ModelDescription } from './inspected-model.ts'
import { discoverPlugins } from '../discovery/discover.ts'
import { createRegistry, type Registry } from '../discovery/registry.ts'
import { leftOutOfAll } from '../discovery/selection.ts'
import type { RunnerModel } from '../models.ts'
import { selfChecks } from '../self-check.ts'

/** How a model is looked at. */
export interface InspectSettings {
  /** Compares the file with its own runtime, on this engine. */
  readonly verify?: Engine
  /** Plugins besides those found; see `saliency list`. */
  readonly plugins?: readonly string[]
}

function parametersOf(model: Model): number {
  const sizes = new Map(
    model.layers.flatMap((layer) =>
      layer.parameters.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]),
    ),
  )
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

function describe({ model, preprocess, classes, path }: RunnerModel): ModelDescription {
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

/** What can be trusted on the file that a model was read from. */
async function checked(
  { path, preprocess, output, targetRegion }: RunnerModel,
  engine: Engine,
): Promise<SelfCheck[]> {
  const imported = await importModel(path, {
    preprocess,
    ...(output !== undefined && { output }),
    ...(targetRegion && { targetRegion }),
  })
  return selfChecks(imported, path, engine)
}

/** The version of this shape: what is added leaves it, what is taken away or renamed makes it 2. */
const INSPECT_FORMAT = 1

/**
 * What a model is, and what each method cannot treat: what `saliency inspect --json` prints.
 * @throws ENGINE, FILE where it is verified and the file's own runtime is missing
 */
export async function inspectModel(
  loaded: RunnerModel,
  { verify, plugins = [] }: InspectSettings = {},
  registry?: Registry,
): Promise<InspectedModel> {
  const { model } = loaded
  const found = registry ?? createRegistry(await discoverPlugins({ plugins }))
  const fitting = found.methods.filter((method) => method.whyNot?.(model) === undefined)
  const selections = fitting.map((method) => ({ method, options: {} }))
  const set = traceVariants(model, resolveSelections(selections), found.methods)
  const untreated = set.failures.map(({ variant, error }) => ({
    variant: variant.id,
    reason: messageOf(error),
  }))
  return {
    format: INSPECT_FORMAT,
    ...describe(loaded),
    untreated,
    leftOut: leftOutOfAll(['all'], { registry: found, model }),
    variants: set.variants.length,
    ...(verify && { selfChecks: await checked(loaded, verify) }),
  }
}
