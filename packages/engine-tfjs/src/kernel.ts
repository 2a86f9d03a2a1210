import type { OpName, Operators, Node } from '@saliency/core'
import type * as tf from '@tensorflow/tfjs'
import type { LaidOut } from './laid-out.ts'
import type { Layout } from './layout.ts'
import type { Form } from './passes/unit.ts'

/** One execution of a node: its inputs, and its outputs' shapes with the batch filled in. */
export interface Call<K extends OpName = OpName> {
  readonly node: Node<K>
  readonly attributes: Operators[K]
  readonly inputs: readonly LaidOut[]
  /** In the graph's order of axes. */
  readonly shapes: readonly (readonly number[])[]
  /** Which outputs anything reads. */
  readonly wanted: readonly boolean[]
  /** The backend's name, for what only some backends can do. */
  readonly backend: string
  /** The pattern of which the node is part. */
  readonly form: Form
}

/** A result and its layout (default `given`). */
export interface Result {
  readonly tensor: tf.Tensor
  readonly layout?: Layout
}

/** Computes a node's outputs; what it makes besides them is freed by the caller, and it may return an input as it is. */
export type Kernel<K extends OpName> = (call: Call<K>) => readonly (Result | undefined)[]

/** The `index`-th input; the graph has checked that it is there. */
export function operand(call: Pick<Call, 'inputs'>, index: number): LaidOut {
  const value = call.inputs[index]
  if (!value) throw new Error(`internal: input ${index} is missing`)
  return value
}

/** The shape of the first output. */
export function shapeOf(call: Pick<Call, 'shapes'>): readonly number[] {
  return call.shapes[0] ?? []
}
