import type { OpName } from '../graph/operators.ts'
import type { Ops } from '../graph/ops.ts'
import type { Node, Value } from '../graph/value.ts'

/** The operators whose output is a weighted sum of their data inputs. */
export type LinearOp =
  | 'Conv'
  | 'ConvTranspose'
  | 'Gemm'
  | 'MatMul'
  | 'Add'
  | 'Sub'
  | 'AveragePool'
  | 'GlobalAveragePool'
  | 'ReduceMean'
  | 'Concat'
  | 'BatchNormalization'

/** What a rule sees of one operator: `signal` has the shape of `output`; a rule returns one signal per data input. */
export interface Site<K extends OpName = OpName> {
  readonly node: Node<K>
  /** The data inputs in operator order, parameters excluded. */
  readonly inputs: readonly Value[]
  readonly output: Value
  /** What arrives from above: a gradient, or relevance. */
  readonly signal: Value
  readonly ops: Ops
  /** The plain vector–Jacobian product of `signal` (default: the site's own). */
  vjp(signal?: Value): readonly Value[]
}

/** Changes to a linear operator's inputs, weights and bias; what is left out stays as it is. */
export interface Modify {
  readonly input?: (x: Value) => Value
  readonly weight?: (w: Value) => Value
  /** Returns undefined to drop the bias. */
  readonly bias?: (b: Value) => Value | undefined
}

/** A linear operator with changed inputs, weights or bias: its output and its transpose. */
export interface Linear {
  readonly output: Value
  /** The changed data inputs. */
  readonly inputs: readonly Value[]
  /** The (changed) bias, shaped to broadcast over the output; batch norm's is β − μ·γ/√(σ² + ε). */
  readonly bias?: Value
  /** Carries a signal of the output's shape back to the data inputs through the (changed) weights. */
  transpose(signal: Value): readonly Value[]
}

/** A site whose operator is linear in its data inputs. */
export interface LinearSite<K extends LinearOp = LinearOp> extends Site<K> {
  linear(modify?: Modify): Linear
}

/** Replaces or wraps the plain vector–Jacobian product of one operator. */
export type Rule<K extends OpName = OpName> = (
  site: K extends LinearOp ? LinearSite<K> : Site<K>,
) => readonly Value[]
/** A rule for every linear operator alike. */
export type LinearRule = (site: LinearSite) => readonly Value[]

/** Rules by operator. */
export type RuleTable = { readonly [K in OpName]?: Rule<K> }
/** A rule for operators of several kinds, which `when` of its entry picks. */
export type AnyRule = (site: Site) => readonly Value[]
/** One table, or a list in which the first entry whose `when` holds and that has a rule for the operator wins. */
export type Rules =
  | RuleTable
  | readonly (readonly [when: (node: Node) => boolean, rules: RuleTable | AnyRule])[]

/** The signals of one backward walk. */
export interface Signals {
  /**
   * The signal at a value, in the value's shape; at a view of one (reshaped or transposed by `ops`), arranged like the view.
   * @throws NOT_REACHED, with the layer's name, when the value does not reach the start of the walk.
   */
  at(value: Value): Value
}

/** What a backward walk starts from and how it goes. */
export interface BackwardRequest {
  /** Where the walk starts; default the logits. */
  readonly from?: Value
  /** The signal that starts the walk, in the shape of `from`; default the direction that is explained, `[n, k]`. */
  readonly start?: Value
  readonly rules?: Rules
  /** `merge` treats a convolution or dense layer and the batch norm behind it as one linear operator; default `separate`. */
  readonly batchNorm?: 'separate' | 'merge'
  /** `merge` does so with a bias that is added by an operator of its own (MatMul, then Add); default `separate`. */
  readonly biases?: 'separate' | 'merge'
  /** Stops below this value; default the image. */
  readonly until?: Value
}
