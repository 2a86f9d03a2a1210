import { SaliencyError, type Dim, type DType, type Node, type Shape, type Value } from '@saliency/core'
import { attributeTypes, type AttributeProto, type NodeProto, type TensorProto } from '@saliency/onnx-proto'
import type { Blocks } from './blocks.ts'
import { constantTensor } from './tensors.ts'

/** Attributes by ONNX's names: whole numbers, lists of them, text, tensors, and `{ float }` for real numbers. */
export type AttributeValues = Readonly<
  Record<string, number | readonly number[] | string | TensorProto | { readonly float: number }>
>

/** What one ONNX node has besides what its graph node says. */
export interface Emission {
  /** ONNX's operator; default the graph's. */
  readonly op?: string
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly attributes?: AttributeValues
}

/** Where the batch's size is read from at run time. */
export interface BatchSource {
  readonly input: string
  readonly axis: number
}

/** What a writer must know of the graph before it starts. */
export interface WriterContext {
  /** Names of inputs, parameters and outputs. */
  readonly names: ReadonlyMap<Value, string>
  /** Values that something reads. */
  readonly used: ReadonlySet<Value>
  /** Clips that become a part of the convolution before them. */
  readonly fusedClips: ReadonlySet<Value>
  /** How sums and products are computed in blocks of channels; nothing where they are not. */
  readonly blocks: Blocks | undefined
  /** Asked when a constant has the batch's size. */
  batchSource(): BatchSource | undefined
}

/** Collects the nodes and initializers of an ONNX graph. */
export interface Writer {
  readonly fusedClips: ReadonlySet<Value>
  readonly nodes: readonly NodeProto[]
  readonly initializers: readonly TensorProto[]
  /** The ONNX name of a value. */
  name(value: Value): string
  /** Whether a sum, a product or a difference is computed in blocks of channels. */
  isInBlocks(result: Value): boolean
  /** The ONNX name of an operand, in blocks of channels if the result is computed there. */
  operand(value: Value, result: Value): string
  /** The names of all outputs up to the last that is used; a further output can cost as much as the first. */
  usedOutputs(node: Node): readonly string[]
  /** Writes one ONNX node for `node`. */
  emit(node: Node, emission?: Emission): void
  /** A name for an intermediate result of `node` that is no value of the graph. */
  scratch(node: Node, what: string): string
  /** Fixed numbers under a name of their own. */
  initialize(name: string, dtype: DType, shape: readonly number[], data: readonly number[]): void
  /** The name of an int64 vector, as ONNX takes axes, sizes and pads; equal ones are written once. */
  integers(data: readonly number[]): string
  /** The name of a float vector; equal ones are written once. */
  floats(data: readonly number[]): string
  /** The name of a float tensor of one number; equal ones are written once. */
  filled(value: number, shape: readonly number[]): string
  /** The name of a float scalar. */
  scalar(value: number): string
  /** A tensor for an attribute. */
  tensor(dtype: DType, shape: readonly number[], data: readonly number[]): TensorProto
  /** The name of an int64 vector with the sizes of `shape`, which may hold the batch. */
  sizes(shape: Shape): string
}

function attribute(name: string, value: AttributeValues[string]): AttributeProto {
  if (typeof value === 'number') return { name, i: value, type: attributeTypes.int }
  if (typeof value === 'string') return { name, s: value, type: attributeTypes.string }
  if ('float' in value) return { name, f: value.float, type: attributeTypes.float }
  if ('dataType' in value) return { name, t: value, type: attributeTypes.tensor }
  return { name, ints: [...(value as readonly number[])], type: attributeTypes.ints }
}

/** Starts an empty ONNX graph. Names of its own start with a colon, which names of inputs and parameters never do. */
export function createWriter({ names, used, fusedClips, blocks, batchSource }: WriterContext): Writer {
  const nodes: NodeProto[] = []
  const initializers: TensorProto[] = []
  const known = new Set<string>()

  /** Makes something once per name. */
  function once(name: string, make: () => void): string {
    if (!known.has(name)) {
      known.add(name)
      make()
    }
    return name
  }

  const initialize: Writer['initialize'] = (...constant) => initializers.push(constantTensor(...constant))
  const integers = (data: readonly number[]) => {
    const name = `:[${data.join()}]`
    return once(name, () => initialize(name, 'int64', [data.length], data))
  }

  function batch(): string {
    return once(':n', () => {
      const source = batchSource()
      if (!source) {
        const message = 'A constant has the size of the batch, but no input of the graph has a batch axis.'
        throw new SaliencyError('ENGINE', message)
      }
      const bounds = { start: source.axis, end: source.axis + 1 }
      add({ name: ':n', opType: 'Shape', input: [source.input], output: [':n'] }, bounds)
    })
  }

  function size(dim: Dim): string {
    if (typeof dim === 'number') return integers([dim])
    const name = `:${dim}`
    if (dim === 'n') return batch()
    return once(name, () => {
      add({ name, opType: 'Mul', input: [batch(), integers([Number.parseInt(dim, 10)])], output: [name] })
    })
  }

  function add(node: NodeProto, attributes: AttributeValues = {}): void {
    const list = Object.entries(attributes).map(([name, value]) => attribute(name, value))
    nodes.push({ ...node, ...(list.length > 0 && { attribute: list }) })
  }

  const nameOf = (value: Value) =>
    names.get(value) ?? `:${value.node.id}${value.slot === 0 ? '' : `.${value.slot}`}`

  function filled(value: number, shape: readonly number[]): string {
    const length = shape.reduce((product, dim) => product * dim, 1)
    const name = `:${value}x${shape.join('x')}f`
    return once(name, () =>
      initialize(
        name,
        'float32',
        shape,
        Array.from({ length }, () => value),
      ),
    )
  }

  /** A depthwise convolution with ones changes nothing, and is computed in blocks of channels. */
  function entered(value: Value): string {
    const name = `${nameOf(value)}:in-blocks`
    return once(name, () => {
      const channels = Number(value.shape[1])
      const ones = filled(1, [channels, 1, 1, 1])
      add({ name, opType: 'Conv', input: [nameOf(value), ones], output: [name] }, { group: channels })
    })
  }

  const isInBlocks = (result: Value) => blocks?.members.has(result) ?? false

  return {
    fusedClips,
    nodes,
    initializers,
    name: nameOf,
    isInBlocks,
    operand: (value, result) =>
      isInBlocks(result) && blocks?.entering.has(value) ? entered(value) : nameOf(value),
    usedOutputs(node) {
      const last = node.outputs.findLastIndex((value) => used.has(value))
      return node.outputs.slice(0, Math.max(1, last + 1)).map(nameOf)
    },
    scratch: (node, what) => `:${node.id}:${what}`,
    initialize,
    integers,
    floats: (data) => {
      const name = `:[${data.join()}]f`
      return once(name, () => initialize(name, 'float32', [data.length], data))
    },
    filled,
    scalar: (value) => {
      const name = `:${value}f`
      return once(name, () => initialize(name, 'float32', [], [value]))
    },
    tensor: (...constant) => constantTensor('', ...constant),
    sizes(shape) {
      if (shape.every((dim) => typeof dim === 'number')) return integers(shape as readonly number[])
      const name = `:[${shape.join()}]`
      return once(name, () => {
        add({ name, opType: 'Concat', input: shape.map(size), output: [name] }, { axis: 0 })
      })
    },
    emit(node, { op = node.op, inputs, outputs, attributes } = {}) {
      const output = [...(outputs ?? [nameOf(node.outputs[0] as Value)])]
      const layer = node.layer === undefined ? '' : `${node.layer}/`
      add(
        {
          // One node may be written as several, and its value returned under several names; each needs a name of its own.
          name: `${layer}${op}:${op === node.op ? node.id : output[0]}`,
          opType: op,
          input: [...(inputs ?? node.inputs.map(nameOf))],
          output,
        },
        attributes,
      )
    },
  }
}
