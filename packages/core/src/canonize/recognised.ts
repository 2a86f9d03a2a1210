import type { Ops } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'
import type { Pass } from '../passes/pass.ts'
import type { Region } from './region.ts'

/** A region of the model that computes what one name stands for. */
export interface Recognised {
  readonly region: Region
  /** ONNX's name for it. */
  readonly kind: string
  /** Roles of the parameters among {@link Region.parameters}. */
  readonly roles: readonly ('slope' | 'gamma' | 'beta')[]
  build(ops: Ops, base: Value, parameters: readonly Value[]): Value
}

/** A pass that finds what the model computes at a value, if that has a name and is written as several operators. */
export type RecognisingPass = Pass<(root: Value) => Recognised | undefined>
