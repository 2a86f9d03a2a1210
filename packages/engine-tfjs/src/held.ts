import * as tf from '@tensorflow/tfjs'
import { relayout, type Layout } from './layout.ts'

/** A computed value with the layouts and other forms that it was asked for; it owns all of them. */
export class Held {
  /** The shape in the graph's order of axes. */
  readonly shape: readonly number[]
  /** The layout it was computed in. */
  readonly layout: Layout
  readonly #forms = new Map<string, tf.Tensor>()

  constructor(tensor: tf.Tensor, layout: Layout, shape: readonly number[]) {
    this.shape = shape
    this.layout = shape.length === 4 ? layout : 'given'
    this.#forms.set(this.layout, tensor)
  }

  /** The tensor in the layout it was computed in. */
  get own(): tf.Tensor {
    return this.get(this.layout)
  }

  /** The tensor in `layout`; rearranged at most once. */
  get(layout: Layout): tf.Tensor {
    if (this.shape.length !== 4 || layout === this.layout) return this.form(this.layout, () => this.own)
    return this.form(layout, () => relayout(this.own, this.layout, layout))
  }

  /** Something derived from this value alone, made at most once: for a constant, once a session. */
  form(name: string, make: () => tf.Tensor): tf.Tensor {
    const known = this.#forms.get(name)
    if (known) return known
    const made = tf.keep(make())
    this.#forms.set(name, made)
    return made
  }

  /** Whether one of its forms is this very tensor. */
  has(tensor: tf.Tensor): boolean {
    return [...this.#forms.values()].includes(tensor)
  }

  /** Frees every form. */
  dispose(): void {
    for (const tensor of this.#forms.values()) tensor.dispose()
    this.#forms.clear()
  }
}
