import type { Value } from '../graph/value.ts'

/** Windows that attention stays inside of (Swin): they stand in front of the heads, as part of the first axis. */
export interface AttentionWindows {
  /** How many windows an image has. */
  readonly count: number
  /** Tokens in one of them. */
  readonly tokens: number
}

/**
 * One attention of the model, softmax(scores) · values, head by head (Vaswani et al. 2017, equation 1). Every member is a
 * value of the graph, or a view of one whose axes are only arranged anew: `backward(…).at(…)` knows the signal at either.
 * Where attention is windowed, `n` below is `windows · n`: all windows of an image, then those of the next.
 */
export interface Attention {
  /** The layer that holds it: the softmax's. */
  readonly layer: string
  /** What the softmax reads: scaled wherever the file puts the scale, masks and biases included, `[n, heads, queries, keys]`. */
  readonly scores: Value
  /** What the values are weighted by, `[n, heads, queries, keys]`; rows sum to 1 unless `mixesHeads`. */
  readonly probabilities: Value
  /** `[n, heads, keys, d]` */
  readonly values: Value
  /** As the scores' product reads them, with what the file scales them by, `[n, heads, queries, d]`; learned ones are `[1, …]`. */
  readonly queries: Value
  /** As the scores' product reads them, with what the file scales them by, `[n, heads, keys, d]`. */
  readonly keys: Value
  /** probabilities · values, `[n, heads, queries, d]` */
  readonly output: Value
  /**
   * The residual stream that enters the block, in front of its norm, `[n, t, d]`; the same as `normed` where no norm is
   * between. In the network's own order of axes (Swin's `[n, h, w, d]`).
   */
  readonly input: Value
  /** What the projections to queries, keys and values read: the norm's output, `[n, t, d]`. */
  readonly normed: Value
  /** The residual stream behind the block and its MLP, `[n, t, d]`; the attention's own end where there is no residual. */
  readonly blockOutput: Value
  /** Whether heads are mixed between scores and values (talking heads, Shazeer et al. 2020). */
  readonly mixesHeads: boolean
  readonly windows?: AttentionWindows
}

/** A product of two signals that is no attention over tokens as far as its pattern tells. */
export interface UnrecognisedAttention {
  readonly layer: string
  /** What it lacks: the end of a sentence that names the layer. */
  readonly reason: string
}
