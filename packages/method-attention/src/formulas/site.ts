import type { BackwardRequest, Model, Ops, OptionValues, Signals, Tokens, Value } from '@saliency/core'
import type { attentionOptions } from '../options.ts'
import type { Rectifier } from '../rectifier.ts'

/** One attention block as the formulas name it; t tokens, the prefix (class token, registers) first. */
export interface Block {
  /** Attention behind the softmax, `[n, heads, t, t]`: a row per query. */
  readonly A: Value
  /** Scaled scores in front of the softmax, `[n, heads, t, t]`. */
  readonly S: Value
  /** The residual stream that enters the block, `[n, t, d]`. */
  readonly x: Value
  /** What the block's first norm makes of it, `[n, t, d]`. */
  readonly normed: Value
  /** The residual stream that leaves the block, in the network's own order of axes. */
  readonly end: Value
}

/** What a formula is given. Its map is `[n, 1, t]`, one number a token. */
export interface Site {
  readonly model: Model
  readonly ops: Ops
  readonly sign: Rectifier
  readonly options: OptionValues<typeof attentionOptions>
  /** The blocks that count, the first one first; for formulas of one block, its last is meant. */
  readonly blocks: readonly [Block, ...Block[]]
  readonly last: Block
  readonly tokens: Tokens
  /** The classes that are explained, in the shape of what is explained. */
  readonly direction: Value
  /** ∂y/∂value, from the one backward pass that all formulas share. */
  d(value: Value): Value
  /** A backward pass of its own. */
  backward(request: BackwardRequest): Signals
}

/** A map of tokens. */
export type Formula = (site: Site) => Value
