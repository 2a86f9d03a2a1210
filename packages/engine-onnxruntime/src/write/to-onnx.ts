import {
  ancestors,
  isNode,
  rewritePlan,
  SaliencyError,
  type Dim,
  type Node,
  type Plan,
  type Value,
  type Weights,
} from '@saliency/core'
import { encodeModel, type ModelProto, type TensorProto, type ValueInfo } from '@saliency/onnx-proto'
import { readsOf } from '../passes/masks.ts'
import { clipsInBlocks } from './fused-clips.ts'
import { blocksOf } from './blocks.ts'
import { isLeaf, serialise } from './table.ts'
import { bytesOf, elementTypes } from './tensors.ts'
import { createWriter, type BatchSource, type Writer } from './writer.ts'

/** Version of ONNX's operator set that all models are written in. */
export const opset = 18
const irVersion = 8

/** A plan as an ONNX model that leaves its weights outside. */
export interface WrittenPlan {
  readonly model: ModelProto
  /** The input leaves that must be fed. */
  readonly inputs: readonly Node<'Input'>[]
  /** The parameters that the plan reads. */
  readonly parameters: readonly Node<'Parameter'>[]
}

const dimension = (dim: Dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })

/** A value as a model declares it. */
export function valueInfo(name: string, { shape, dtype }: Value): ValueInfo {
  const type = { elemType: elementTypes[dtype], shape: { dim: shape.map(dimension) } }
  return { name, type: { tensorType: type } }
}

/** Names what the model declares; an output takes its name at its source unless that already has one. */
function nameValues(plan: Plan, nodes: readonly Node[]): Map<Value, string> {
  const names = new Map<Value, string>()
  const taken = new Map<string, Value>()
  for (const node of nodes) {
    if (!isNode(node, 'Input') && !isNode(node, 'Parameter')) continue
    const value = node.outputs[0] as Value
    const { name } = node.attributes
    if (taken.has(name)) throw new SaliencyError('ENGINE', `Two leaves of the graph are called '${name}'.`)
    taken.set(name, value)
    names.set(value, name)
  }
  for (const [name, value] of Object.entries(plan.outputs)) {
    if (taken.has(name))
      throw new SaliencyError('ENGINE', `The output '${name}' has the name of a leaf; rename it.`)
    if (!isLeaf(value.node) && !names.has(value)) names.set(value, name)
  }
  return names
}

/** The input whose shape tells the batch: one the plan reads anyway, else the graph's first. */
function findBatch(nodes: readonly Node[], plan: Plan): { node: Node<'Input'>; axis: number } | undefined {
  const all = Object.values(plan.outputs)[0]?.graph.nodes ?? []
  for (const node of [...nodes, ...all]) {
    if (!isNode(node, 'Input')) continue
    const axis = node.attributes.shape.indexOf('n')
    if (axis >= 0) return { node, axis }
  }
  return undefined
}

function writeOutputs(plan: Plan, writer: Writer): ValueInfo[] {
  return Object.entries(plan.outputs).map(([name, value]) => {
    const source = writer.name(value)
    if (source !== name) writer.emit(value.node, { op: 'Identity', inputs: [source], outputs: [name] })
    return valueInfo(name, value)
  })
}

/** Writes a plan with its parameters as external data, each in a file of its own name; `forProcessor`: in the form that is fastest there. */
export function writePlan(given: Plan, forProcessor = false): WrittenPlan {
  const plan = rewritePlan(given)
  const nodes = ancestors(Object.values(plan.outputs), readsOf)
  const names = nameValues(plan, nodes)
  const inputs = new Set(nodes.filter((node) => isNode(node, 'Input')))
  const used = new Set([...nodes.flatMap(readsOf), ...Object.values(plan.outputs)])
  const batchSource = (): BatchSource | undefined => {
    const source = findBatch(nodes, plan)
    if (!source) return undefined
    inputs.add(source.node)
    return { input: source.node.attributes.name, axis: source.axis }
  }
  const fusedClips = forProcessor ? clipsInBlocks(nodes, Object.values(plan.outputs)) : new Set<Value>()
  const blocks = forProcessor ? blocksOf(nodes) : undefined
  const writer = createWriter({ names, used, fusedClips, blocks, batchSource })
  const returned = new Set(Object.values(plan.outputs))
  const isWritten = ([value]: readonly Value[]) =>
    value && (returned.has(value) || !blocks?.unread.has(value))
  for (const node of nodes) if (isWritten(node.outputs)) serialise(node, writer)
  const outputs = writeOutputs(plan, writer)
  const parameters = nodes.filter((node) => isNode(node, 'Parameter'))
  const graph = {
    node: [...writer.nodes],
    name: 'saliency',
    initializer: [...parameters.map(external), ...writer.initializers],
    input: [...inputs].map((node) => valueInfo(node.attributes.name, node.outputs[0] as Value)),
    output: outputs,
    valueInfo: nodes
      .filter((node) => !isLeaf(node))
      .flatMap((node) => node.outputs)
      .filter((value) => used.has(value) && !Object.hasOwn(plan.outputs, writer.name(value)))
      .map((value) => valueInfo(writer.name(value), value)),
  }
  const model = { irVersion, producerName: 'saliency', graph, opsetImport: [{ domain: '', version: opset }] }
  return { model, inputs: [...inputs], parameters }
}

function external({ attributes: { name, shape } }: Node<'Parameter'>): TensorProto {
  return {
    name,
    dims: [...shape],
    dataType: elementTypes.float32,
    externalData: [{ key: 'location', value: name }],
    dataLocation: 1,
  }
}

/**
 * Names every parameter of `parameters` that `weights` lack or hold in another shape.
 * @throws ENGINE
 */
export function checkWeights(parameters: readonly Node<'Parameter'>[], weights: Weights): void {
  const faults = parameters.flatMap(({ attributes: { name, shape } }) => {
    const found = weights.get(name)
    if (!found) return [`'${name}' has no value`]
    if (found.shape.join() === shape.join()) return []
    return [`'${name}' is [${found.shape.join(', ')}] instead of [${shape.join(', ')}]`]
  })
  if (faults.length === 0) return
  const shown = faults.slice(0, 5).join('; ') + (faults.length > 5 ? `; and ${faults.length - 5} more` : '')
  throw new SaliencyError('ENGINE', `The weights do not fit the model's parameters: ${shown}.`)
}

/**
 * Writes a plan and its weights as one self-contained ONNX file (opset 18): a model, its backward passes and its maps.
 * @throws ENGINE when a parameter has no value or another shape.
 */
export function toOnnx(
  plan: Plan,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { model, parameters } = writePlan(plan)
  checkWeights(parameters, weights)
  const initializer = (model.graph?.initializer ?? []).map((tensor): TensorProto => {
    const value = tensor.dataLocation === 1 ? weights.get(tensor.name ?? '') : undefined
    if (!value) return tensor
    const { externalData: _, dataLocation: __, ...rest } = tensor
    return { ...rest, rawData: bytesOf(value.data) }
  })
  const metadataProps = Object.entries(metadata).map(([key, value]) => ({ key, value }))
  return encodeModel({ ...model, graph: { ...model.graph, initializer }, metadataProps })
}
