import type { OpName } from '../../graph/operators.ts'
import type { Ops } from '../../graph/ops.ts'
import type { Node, Value } from '../../graph/value.ts'

/** What a vector–Jacobian product is made from. */
export interface VjpContext<K extends OpName = OpName> {
  readonly node: Node<K>
  /** All inputs, parameters included. */
  readonly inputs: readonly Value[]
  readonly output: Value
  readonly signal: Value
  readonly ops: Ops
}

/** What the signal of an operator y = f(x) is multiplied by: f′(x). */
export type Derivative = (context: { readonly x: Value; readonly y: Value; readonly ops: Ops }) => Value

/** The signal at the `index`-th input of an operator, in that input's shape. */
export type Vjp<K extends OpName> = (context: VjpContext<K>, index: number) => Value
