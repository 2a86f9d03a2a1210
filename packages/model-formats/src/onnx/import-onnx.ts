import type { Dim, Value } from '@saliency/core'
import {
  dataTypes,
  decodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
} from '@saliency/onnx-proto'
import { factorOf } from '../batch/batch-place.ts'
import { walkForBatches, type Walked } from '../batch/for-batches.ts'
import { countReaders, liveNodes } from '../dataflow/flow-node.ts'
import { nameLayers } from '../dataflow/layer-names.ts'
import { orderNodes } from '../dataflow/order-nodes.ts'
import { finishImport } from '../finish-import.ts'
import { createImportSession, type ImportSession } from '../import-session.ts'
import type { ImportedModel } from '../imported-model.ts'
import type { ImportSettings } from '../import-settings.ts'
import type { ModelFiles } from '../model-files.ts'
import { ownEntry } from '../own-entry.ts'
import { createProblems, invalid, refuseContradictions, unsupported } from '../problems.ts'
import { takenBranch, withBranches, withCaptures } from './branches.ts'
import { evaluateNode } from './evaluate.ts'
import { readExternalData } from './external-data.ts'
import { openImage } from './image-input.ts'
import { initializersFor } from '../default-initializers.ts'
import { inlineFunctions } from './inline-functions.ts'
import { createNodeCalls, type GraphContext } from './node-calls.ts'
import { modulePath } from './module-path.ts'
import { isConstant, type Entry } from './node-call.ts'
import { operatorTable } from './operator-table.ts'
import { isTraining } from './operators/normalization.ts'
import { fileRefusal, layerRefusal, trainedOn } from './refusals.ts'
import { decodeTensor } from './tensor-proto.ts'

/** Versions of ONNX's operator set that are understood. */
export const opsetRange: readonly [number, number] = [9, 28]

/** The version of ONNX's own operators that a file asks for. */
function opsetOf(model: ModelProto): number {
  const version = model.opsetImport?.find(({ domain }) => !domain || domain === 'ai.onnx')?.version
  if (version === undefined) throw invalid('The ONNX file does not say which operator set it uses.')
  const [oldest, newest] = opsetRange
  if (version >= oldest && version <= newest) return version
  throw unsupported(
    `The ONNX file uses operator set ${version}; ${oldest} to ${newest} are supported. Export it again with one of these.`,
  )
}

function decode(bytes: Uint8Array): { model: ModelProto; graph: GraphProto } {
  try {
    const model = decodeModel(bytes)
    if (model.graph) return { model, graph: model.graph }
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : 'The file is not an ONNX model.', cause)
  }
  throw invalid('The file is not an ONNX model: it holds no graph.')
}

/**
 * Imports an ONNX model. Weights in other files are read through `files`.
 * @throws INVALID_MODEL when the file is broken, contradicts itself or points outside its folder; UNSUPPORTED_MODEL
 * listing every node that cannot be imported; FILE when a file of weights is missing.
 */
export async function importOnnx(
  bytes: Uint8Array,
  files?: ModelFiles,
  settings: ImportSettings = {},
): Promise<ImportedModel> {
  const { model, graph: called } = decode(bytes)
  const opset = opsetOf(model)
  const graph = inlineFunctions(model, called)
  const external = await readExternalData(graph, files)
  return refuseContradictions(() => {
    const { session, found } = walkForBatches((images) =>
      walkGraph(model, graph, { opset, external, settings, images }),
    )
    return finishImport(session, found, settings)
  })
}

type WalkSettings = Pick<GraphContext, 'opset' | 'external'> & {
  readonly settings: ImportSettings
  readonly images: 1 | undefined
}

function walkGraph(
  model: ModelProto,
  graph: GraphProto,
  { opset, external, settings, images }: WalkSettings,
): Walked {
  const name = settings.name ?? graph.name ?? 'model'
  const session = createImportSession(images)
  const initializers = new Map((graph.initializer ?? []).map((tensor) => [tensor.name ?? '', tensor]))
  const { input, image, entry, label } = openImage(graph, session, initializers, settings)
  const wanted = wantedOutputs(graph, settings)
  const nodes = orderNodes(
    (graph.node ?? []).map(withCaptures),
    wanted,
    new Set([label, ...initializers.keys()]),
  )
  const inBranches = nodes.flatMap((node) => withBranches(node).slice(1))
  const live = liveNodes(nodes, label)
  const entries = new Map<string, Entry>([[label, entry]])
  const context: GraphContext = {
    session,
    opset,
    external,
    drawnBy: initializersFor(model.producerName),
    layerNames: nameLayers([...nodes.filter((node) => live.has(node)), ...inBranches], modulePath),
    readers: countReaders([...nodes, ...inBranches], wanted),
    find(key) {
      const known = entries.get(key)
      const tensor = initializers.get(key)
      if (known || !tensor) return known
      const decoded = decodeTensor(tensor, external)
      entries.set(key, decoded)
      return decoded
    },
  }
  importNodes(name, nodes, context, entries, settings.operators)
  const outputs = wanted.map((key) => {
    const value = context.find(key)
    if (!value || isConstant(value))
      throw invalid(`${name}: the output '${key}' does not depend on the image.`)
    const scores = asScores(value, session)
    return { name: key, value: scores, shape: scores.shape }
  })
  return { session, found: { name, format: 'onnx', input, image, outputs } }
}

/** A list of scores without the batch, of which a file for one image has dropped it, as `[n, classes]`. */
function asScores(value: Value, { batch, graph }: ImportSession): Value {
  const place = batch.placeOf(value)
  const isList = value.shape.length === 1 && (place?.before === 1 || graph.batch === 1)
  return isList ? graph.ops.reshape(value, ['n', factorOf(value.shape[0] as Dim)]) : value
}

/** Element types of scores; classes that were chosen already (ArgMax) are whole numbers. */
const scoreTypes: ReadonlySet<number | undefined> = new Set([
  undefined,
  dataTypes.float32,
  dataTypes.float16,
  dataTypes.bfloat16,
  dataTypes.float64,
])

/**
 * The chosen output alone, so that what only others need is not asked for. Where none is chosen, all that may hold scores: a
 * list of numbers, not of classes, texts or tables.
 */
function wantedOutputs(graph: GraphProto, { output }: ImportSettings): readonly string[] {
  const outputs = graph.output ?? []
  const nameOf = ({ name }: (typeof outputs)[number]) => name ?? ''
  if (output !== undefined && outputs.some((one) => nameOf(one) === output)) return [output]
  const scores = outputs.filter(({ type }) => !type || scoreTypes.has(type.tensorType?.elemType || undefined))
  return (scores.length > 0 ? scores : outputs).map(nameOf)
}

/** Imports node after node into `entries`. @throws UNSUPPORTED_MODEL listing all that cannot be imported. */
function importNodes(
  model: string,
  nodes: readonly NodeProto[],
  context: GraphContext,
  entries: Map<string, Entry>,
  handed: ImportSettings['operators'] = {},
): void {
  const problems = createProblems()
  const createCall = createNodeCalls(context)

  /** The nodes of the branch that is taken, and their results as the node's own. */
  function importBranch(node: NodeProto, condition: Entry | undefined): readonly Entry[] {
    const branch = takenBranch(node, condition)
    for (const tensor of branch.initializer ?? [])
      entries.set(tensor.name ?? '', decodeTensor(tensor, context.external))
    for (const inner of branch.node ?? []) importNode(withCaptures(inner), inner)
    return (branch.output ?? []).flatMap(({ name = '' }) => context.find(name) ?? [])
  }

  /** `named` is the node as the file has it. */
  function importNode(node: NodeProto, named: NodeProto = node): void {
    const layer = context.layerNames.get(named) ?? node.name ?? node.output?.[0] ?? ''
    const isForeign = node.domain !== undefined && node.domain !== '' && node.domain !== 'ai.onnx'
    const operator = isForeign ? `${node.domain}.${node.opType}` : (node.opType ?? '')
    const own = ownEntry(handed, operator)
    const importer = own ?? operatorTable.get(operator)
    if (!importer) {
      const [file, reason] = [fileRefusal(operator), layerRefusal(operator)]
      if (file) return problems.refuse(layer, operator, file)
      if (reason) return problems.report(layer, operator, reason)
      return problems.unknown(layer, operator, operatorTable.keys())
    }
    const results = problems.attempt(layer, operator, () => {
      const inputs = (node.input ?? []).map((key) => (key === '' ? undefined : context.find(key)))
      // What is wrong in front of this node has been noted where it arose.
      if (inputs.some((item, index) => item === undefined && node.input?.[index] !== '')) return []
      if (operator === 'If') return importBranch(node, inputs[0])
      const call = createCall(named, inputs)
      const known = own ? undefined : evaluateNode(call)
      if (known) return known
      // Imported nonetheless, as inference computes it: what else is wrong is said at once.
      if (operator === 'BatchNormalization' && isTraining(call)) problems.refuse(layer, operator, trainedOn)
      return importer(call)
    })
    for (const [index, result] of (results ?? []).entries()) {
      const key = node.output?.[index]
      if (key) entries.set(key, result)
    }
  }

  for (const node of nodes) importNode(node)
  problems.throwIfAny(model)
}
