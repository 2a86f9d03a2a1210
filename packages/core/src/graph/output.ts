import type { DType } from '../tensor.ts'
import type { OpName, Operators } from './operators.ts'
import type { Shape } from './shape.ts'
import type { Value } from './value.ts'

/** Shape and element type of one output. */
export interface Output {
  readonly shape: Shape
  readonly dtype: DType
}

/** Infers every output of one operator; throws `SHAPE` where inputs do not fit. */
export type Infer<K extends OpName> = (
  inputs: readonly Value[],
  attributes: Operators[K],
) => readonly Output[]

/** A single float output. */
export const float = (shape: Shape): readonly Output[] => [{ shape, dtype: 'float32' }]

/** The `index`-th input; its absence is a mistake of the builder, not of the user. */
export function input(inputs: readonly Value[], index: number): Value {
  const value = inputs[index]
  if (!value) throw new Error(`internal: input ${index} is missing`)
  return value
}
