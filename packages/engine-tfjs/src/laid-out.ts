import * as tf from '@tensorflow/tfjs'
import { relayout, type Layout } from './layout.ts'

/** A computed value: the tensor in the layout it was computed in, and the tensors that were derived from it. It owns them all. */
export class LaidOut {
  /** The shape in the graph's order of axes. */
  readonly shape: readonly number[]
  /** The layout it was computed in. */
  readonly layout: Layout
  readonly #tensors = new Map<string, tf.Tensor>()

  constructor(tensor: tf.Tensor, layout: Layout, shape: readonly number[]) {
    this.shape = shape
    this.layout = shape.length === 4 ? layout : 'given'
    this.#tensors.set(this.layout, tensor)
  }

  /** The tensor in the layout it was computed in. */
  get own(): tf.Tensor {
    return this.get(this.layout)
  }

  /** The tensor in `layout`; rearranged at most once. */
  get(layout: Layout): tf.Tensor {
    if (this.shape.length !== 4 || layout === this.layout) return this.derived(this.layout, () => this.own)
    return this.derived(layout, () => relayout(this.own, this.layout, layout))
  }

  /** Something derived from this value alone, made at most once: for a constant, once a session. */
  derived(name: string, make: () => tf.Tensor): tf.Tensor {
    const known = this.#tensors.get(name)
    if (known) return known
    const made = tf.keep(make())
    this.#tensors.set(name, made)
    return made
  }

  /** Whether this very tensor is one of its own. */
  has(tensor: tf.Tensor): boolean {
    return [...this.#tensors.values()].includes(tensor)
  }

  /** Frees every tensor. */
  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose()
    this.#tensors.clear()
  }
}
