import { tensor, type FloatTensor, type Ops, type Value } from '@saliency/core'
import { finishImport } from '../finish-import.ts'
import { uniqueName, createImportSession, type ImportSession } from '../import-session.ts'
import type { ImportedModel, ModelFormat } from '../imported-model.ts'
import type { ImportSettings } from '../import-settings.ts'
import { channelsFirst, channelsLast, inSourceOrder, type SourceValue } from '../source-value.ts'
import { createProblems, invalid, refuseContradictions, type Problems } from '../problems.ts'
import { kerasImage } from './input-layer.ts'
import { readInitializer } from './initializer.ts'
import type { LayerCall, WeightRequest } from './layer-call.ts'
import type { KerasCall, TensorReference } from './argument.ts'
import type { ConfigReader } from './config-reader.ts'
import { findImporter, labelOf, noteUnknown } from './find-importer.ts'
import { layerInputs, resolveCall, type ResolvedCall } from './resolved.ts'
import { orderCalls } from './order-calls.ts'
import type { Dialect, KerasLayer, KerasTopology, LayerPart, WeightLookup } from './topology.ts'

interface Build {
  readonly session: ImportSession
  readonly problems: Problems
  readonly lookup: WeightLookup
  readonly settings: ImportSettings
  readonly dialect: Dialect
  readonly format: ModelFormat
  /** Weights already declared, by layer object and weight, so that calls of a shared layer use the same leaves. */
  readonly declared: Map<KerasLayer, Map<string, Value>>
  readonly layerNames: Set<string>
}

/** Which file a model came from, and how its settings are to be read. */
export interface KerasSource {
  readonly format: ModelFormat
  readonly dialect: Dialect
}

const keyOf = ({ layer, call, output }: TensorReference) => `${layer}\n${call}\n${output}`

/**
 * Builds the graph of a Keras model whose layers and weights have been read, whichever file they came from.
 * @throws INVALID_MODEL, UNSUPPORTED_MODEL
 */
export function buildKerasModel(
  topology: KerasTopology,
  lookup: WeightLookup,
  source: KerasSource,
  settings: ImportSettings,
): ImportedModel {
  return refuseContradictions(() => build(topology, lookup, source, settings))
}

function build(
  topology: KerasTopology,
  lookup: WeightLookup,
  { format, dialect }: KerasSource,
  settings: ImportSettings,
): ImportedModel {
  const session = createImportSession()
  const problems = createProblems()
  const state: Build = {
    session,
    problems,
    lookup,
    settings,
    dialect,
    format,
    declared: new Map(),
    layerNames: new Set(),
  }
  const input = kerasImage(topology, settings)
  const image = session.graph.ops.input('image', ['n', input.channels, input.height, input.width])
  const axes = input.layout === 'channels-last' ? channelsLast : channelsFirst
  const results = buildTopology(state, topology, [{ value: image, axes }])
  problems.throwIfAny(settings.name ?? topology.name)
  const outputs = results.map((output, index) => {
    const name = topology.outputs[index]?.layer ?? `output ${index}`
    if (!output) throw invalid(`The output '${name}' of ${topology.name} is not connected to the image.`)
    // A list of scores that is a flattened map has the source's order.
    const value = output.flattened
      ? inSourceOrder(output, session.graph.layer(`${name}/order`))
      : output.value
    return { name, value, shape: value.shape }
  })
  return finishImport(session, { name: topology.name, format, input, image, outputs }, settings)
}

/** Builds every call of a model's layers; results are undefined behind something unsupported. */
function buildTopology(
  build: Build,
  topology: KerasTopology,
  inputs: readonly (SourceValue | undefined)[],
): (SourceValue | undefined)[] {
  const results = new Map<string, SourceValue | undefined>()
  const find = (reference: TensorReference) => results.get(keyOf(reference))
  for (const [index, reference] of topology.inputs.entries()) results.set(keyOf(reference), inputs[index])
  for (const { layer, call } of orderCalls(topology)) {
    if (results.has(keyOf({ layer: layer.name, call, output: 0 }))) continue
    const outputs = buildCall(build, layer, resolveCall(layer.calls[call] as KerasCall, find))
    for (const [output, value] of (outputs ?? []).entries())
      results.set(keyOf({ layer: layer.name, call, output }), value)
  }
  return topology.outputs.map(find)
}

/** The outputs of one call of a layer or of a nested model; undefined where it, or what it reads, cannot be imported. */
function buildCall(
  build: Build,
  layer: KerasLayer,
  given: ResolvedCall | undefined,
): readonly (SourceValue | undefined)[] | undefined {
  const { model } = layer
  const own = layer.path.join('/')
  const attempt = <T>(importer: () => T) => build.problems.attempt(own, labelOf(layer), importer)
  if (model) {
    const inputs = given && attempt(() => layerInputs(given))
    return inputs && buildTopology(build, model, inputs)
  }
  const importer = findImporter(layer, build.settings.layers, build.format)
  if (!importer) {
    noteUnknown(build.problems, layer, own)
    return undefined
  }
  // What is wrong has been noted where it arose.
  if (!given) return undefined
  const name = uniqueName(own, build.layerNames)
  build.layerNames.add(name)
  build.session.kinds.set(name, labelOf(layer))
  const { config } = layer
  const outputs = attempt(() =>
    importer(given, {
      name,
      config,
      ops: build.session.graph.layer(name),
      layerCall: (inputs, settings = config) => createCall(build, layer, name, inputs, settings),
    }),
  )
  return outputs && [outputs].flat()
}

function createCall(
  build: Build,
  layer: KerasLayer,
  name: string,
  inputs: readonly SourceValue[],
  config: ConfigReader,
): LayerCall {
  const { graph, kinds } = build.session
  const [input] = inputs
  if (!input) throw invalid(`Layer '${name}' (${layer.className}) has no input.`)
  return {
    name,
    dialect: build.dialect,
    config,
    inputs,
    input,
    isShared: layer.calls.length > 1,
    ops: graph.layer(name),
    ownLayers: build.settings.layers ?? {},
    parameter: (request) => declare(build, layer, name, request),
    data: (weight, index, shape) => stored(build, layer, [weight], shape, index),
    following(suffix: string, kind: string): Ops {
      kinds.set(`${name}/${suffix}`, kind)
      return graph.layer(`${name}/${suffix}`)
    },
  }
}

function declare(build: Build, layer: KerasLayer, name: string, request: WeightRequest): Value {
  const declared = build.declared.get(layer) ?? new Map<string, Value>()
  build.declared.set(layer, declared)
  const { part, weight } = request
  const owner = part ? `${part.name}/` : ''
  const known = declared.get(owner + weight)
  if (known) return known
  const names = [weight, ...(request.otherNames ?? [])]
  const index = part ? [...declared.keys()].filter((key) => key.startsWith(owner)).length : declared.size
  const data = stored(build, layer, names, request.shape, index, part)
  const arranged = request.arrange?.(data) ?? data
  const initializer =
    request.initializer === undefined ? undefined : readInitializer(layer.config.raw(request.initializer))
  const { graph, weights } = build.session
  const value = graph
    .layer(name)
    .parameter(`${name}/${owner}${weight}`, arranged.shape, request.role, initializer)
  weights.set(`${name}/${owner}${weight}`, arranged)
  declared.set(owner + weight, value)
  return value
}

/** @throws INVALID_MODEL when the file has no such weight or another shape. */
function stored(
  build: Build,
  layer: KerasLayer,
  names: readonly string[],
  shape: readonly number[],
  index: number,
  part?: LayerPart,
): FloatTensor {
  const weight = part ? `${part.name}/${names[0]}` : names[0]
  const found = build.lookup(layer, names, index, part)
  const where = `Layer '${layer.path.join('/')}' (${layer.className})`
  if (!found) throw invalid(`${where}: the file holds no weight '${weight}'.`)
  if (found.shape.length !== shape.length || found.shape.some((dim, axis) => dim !== shape[axis])) {
    throw invalid(
      `${where}: the weight '${weight}' is [${found.shape.join(', ')}], but the layer's settings ask for [${shape.join(', ')}].`,
    )
  }
  return tensor(found.data, shape)
}
