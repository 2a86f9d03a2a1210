import type { OpName, Operators, Node } from '@saliency/core'
import type * as tf from '@tensorflow/tfjs'
import type { Held } from './held.ts'
import type { Layout } from './layout.ts'
import type { Form } from './passes/unit.ts'

/** One execution of a node: its inputs, and its outputs' shapes with the batch filled in. */
export interface Call<K extends OpName = OpName> {
  readonly node: Node<K>
  readonly attributes: Operators[K]
  readonly inputs: readonly Held[]
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
export interface Made {
  readonly tensor: tf.Tensor
  readonly layout?: Layout
}

/** Computes a node's outputs; what it makes besides them is freed by the caller, and it may return an input as it is. */
export type Kernel<K extends OpName> = (call: Call<K>) => readonly (Made | undefined)[]

/** The `index`-th input; the graph has checked that it is there. */
export function operand(call: Pick<Call, 'inputs'>, index: number): Held {
  const held = call.inputs[index]
  if (!held) throw new Error(`internal: input ${index} is missing`)
  return held
}

/** The shape of the first output. */
export function shapeOf(call: Pick<Call, 'shapes'>): readonly number[] {
  return call.shapes[0] ?? []
}
