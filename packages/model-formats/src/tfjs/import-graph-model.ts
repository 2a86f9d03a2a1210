import type { Ops, Shape, Value } from '@saliency/core'
import { constantFloats, constantIntegers, type ConstantTensor } from '../constant/constant-tensor.ts'
import { countReaders, liveNodes } from '../dataflow/flow-node.ts'
import { nameLayers } from '../dataflow/layer-names.ts'
import { orderNodes } from '../dataflow/order-nodes.ts'
import { finishImport } from '../finish-import.ts'
import { createImportSession } from '../import-session.ts'
import type { ImportedModel } from '../imported-model.ts'
import type { ImportSettings } from '../import-settings.ts'
import { isObject, type JsonObject } from '../keras/config-reader.ts'
import type { ModelFiles } from '../model-files.ts'
import { channelsFirst, inSourceOrder, asSourceValue } from '../source-value.ts'
import { ownEntry } from '../own-entry.ts'
import { createProblems, invalid, refuseContradictions } from '../problems.ts'
import { evaluateGraphNode } from './evaluate-node.ts'
import { isConstantEntry, type GraphEntry } from './graph-call.ts'
import { createGraphCalls } from './graph-calls.ts'
import { readGraphNodes, readSignature, type GraphNode } from './graph-def.ts'
import { readManifest, type ManifestWeight } from './manifest.ts'
import { nodeTable } from './node-table.ts'
import { graphImage, inputsOf } from './graph-image.ts'

/**
 * Imports a TensorFlow.js graph model: `model.json`, parsed, and the shards that its manifest names.
 * @throws INVALID_MODEL when the file is broken or contradicts itself; UNSUPPORTED_MODEL listing every node that cannot
 * be imported; FILE when a shard is missing.
 */
export async function importGraphModel(
  json: unknown,
  files: ModelFiles,
  settings: ImportSettings = {},
): Promise<ImportedModel> {
  if (!isObject(json)) throw invalid('The model.json is no TensorFlow.js graph model.')
  const nodes = refuseContradictions(() => readGraphNodes(json['modelTopology']))
  const weights = await readManifest(json['weightsManifest'], files)
  return refuseContradictions(() => buildGraph(json, nodes, weights, settings))
}

/** Every weight as a constant tensor, by the name of its node. */
function knownWeights(weights: readonly ManifestWeight[]): ReadonlyMap<string, ConstantTensor> {
  return new Map(
    weights.map(({ name, shape, type, data }) => [
      name,
      type === 'float32' || type === 'float16'
        ? constantFloats(data, shape, true)
        : constantIntegers(Array.from(data), shape),
    ]),
  )
}

/** The outputs that the signature names, or else every value that nothing reads. */
function outputsOf(json: JsonObject, nodes: readonly GraphNode[]): ReadonlyMap<string, string> {
  const named = readSignature(json, 'outputs')
  if (named.size > 0) return named
  const read = new Set(nodes.flatMap(({ input }) => input))
  const last = nodes.filter(({ name, opType }) => !read.has(name) && opType !== 'Const' && opType !== 'NoOp')
  return new Map(last.map(({ name }) => [name, name]))
}

function buildGraph(
  json: JsonObject,
  nodes: readonly GraphNode[],
  weights: readonly ManifestWeight[],
  settings: ImportSettings,
): ImportedModel {
  const name = settings.name ?? 'graph-model'
  const session = createImportSession()
  const constants = knownWeights(weights)
  const outputs = outputsOf(json, nodes)
  const wanted = [...outputs.values()]
  const inputs = inputsOf(json, nodes)
  const ordered = orderNodes(nodes, wanted, new Set([...inputs, ...constants.keys()]))
  const input = graphImage(json, inputs, ordered, constants, settings)
  const image = session.graph.ops.input('image', ['n', input.channels, input.height, input.width])
  const live = liveNodes(ordered, input.name)
  const layerNames = nameLayers(ordered.filter((node) => live.has(node)))
  const createCall = createGraphCalls({ session, layerNames, readers: countReaders(ordered, wanted) })
  const entries = new Map<string, GraphEntry>([
    ...constants,
    [
      input.name,
      input.layout === 'channels-last' ? asSourceValue(image) : { value: image, axes: channelsFirst },
    ],
  ])
  importNodes(name, ordered, { layerNames, entries, createCall, handed: settings.operations ?? {} })
  const found = [...outputs].map(([key, value]) => ({
    name: key,
    ...outputValue(entries.get(value), key, session.graph.layer(`${key}/order`)),
  }))
  return finishImport(session, { name, format: 'tfjs-graph', input, image, outputs: found }, settings)
}

interface NodeImport {
  readonly layerNames: ReadonlyMap<GraphNode, string>
  readonly entries: Map<string, GraphEntry>
  readonly createCall: ReturnType<typeof createGraphCalls>
  /** The user's own importers. */
  readonly handed: NonNullable<ImportSettings['operations']>
}

/** Imports node after node into `entries`. @throws UNSUPPORTED_MODEL listing all that cannot be imported. */
function importNodes(
  model: string,
  nodes: readonly GraphNode[],
  { layerNames, entries, createCall, handed }: NodeImport,
): void {
  const problems = createProblems()
  for (const node of nodes) {
    if (node.opType === 'Const') throw invalid(`The file holds no values for the constant '${node.name}'.`)
    const layer = layerNames.get(node) ?? node.name
    const own = ownEntry(handed, node.opType)
    const importer = own ?? nodeTable.get(node.opType)
    if (!importer) {
      problems.unknown(layer, node.opType, nodeTable.keys())
      continue
    }
    const inputs = node.input.map((key) => entries.get(key))
    // What is wrong in front of this node has been noted where it arose.
    if (!inputs.every((entry) => entry !== undefined)) continue
    const call = createCall(node, inputs)
    const results = problems.attempt(layer, node.opType, () =>
      own ? own(call) : (evaluateGraphNode(call) ?? importer(call)),
    )
    for (const [index, result] of (results ?? []).entries()) entries.set(node.output[index] ?? '', result)
  }
  problems.throwIfAny(model)
}

/** A list of scores that is a flattened map has the source's order. */
function outputValue(entry: GraphEntry | undefined, key: string, ops: Ops): { value: Value; shape: Shape } {
  if (!entry || isConstantEntry(entry)) throw invalid(`The output '${key}' does not depend on the image.`)
  const value = entry.flattened ? inSourceOrder(entry, ops) : entry.value
  return { value, shape: value.shape }
}
