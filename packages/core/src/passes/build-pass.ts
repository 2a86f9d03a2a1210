import type { OpName, Operators } from '../graph/operators.ts'
import type { Ops } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'
import type { Pass } from './pass.ts'

/** A node that is about to be built. */
export interface Application<K extends OpName = OpName> {
  readonly op: K
  readonly inputs: readonly Value[]
  readonly attributes: Operators[K]
}

/** A pass over nodes as rules and methods build them: returns a simpler value equal to `op(inputs)`, if it knows one. */
export type BuildPass = Pass<(application: Application, ops: Ops) => Value | undefined>
