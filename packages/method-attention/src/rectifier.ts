import type { Ops, OptionValues, Value } from '@saliency/core'
import type { attentionOptions } from './options.ts'

/** Where the option `rectify` drops negative values. */
export type Rectify = OptionValues<typeof attentionOptions>['rectify']

/** What a formula does to signs, at the two places where the methods differ. */
export interface Rectifier {
  /** A gradient in every head: max(g, 0) under `gradients`. */
  gradient(g: Value): Value
  /** How much a head's gradient weighs: |m| under `gradients`. */
  magnitude(m: Value): Value
  /** What a block contributes, heads averaged: max(c, 0) under `blocks`. */
  block(c: Value): Value
}

const same = (value: Value) => value

/** The rectifier of that name. */
export function rectifier(ops: Ops, rectify: Rectify): Rectifier {
  const isOf = (name: Rectify, change: (value: Value) => Value) => (rectify === name ? change : same)
  return {
    gradient: isOf('gradients', ops.relu),
    magnitude: isOf('gradients', ops.abs),
    block: isOf('blocks', ops.relu),
  }
}
