import { floatsOf, type ConstantTensor } from './constant-tensor.ts'
import { runsOf, type Runs } from './runs.ts'

/** An operation of two numbers. */
export type FloatCombine = (a: number, b: number) => number

type Operand = Runs['operands'][number]

/** Applies an operation item by item under broadcasting, in plain loops: kernels have millions of items. */
export function combineFloats(
  combine: FloatCombine,
  a: ConstantTensor,
  b: ConstantTensor,
  shape: readonly number[],
): Float32Array {
  const [x, y] = [floatsOf(a), floatsOf(b)]
  const { length, operands } = runsOf(shape, [a.shape, b.shape])
  const [left, right] = operands as [Operand, Operand]
  const data = new Float32Array(left.starts.length * length)
  let at = 0
  for (let run = 0; run < left.starts.length; run++) {
    let [one, other] = [left.starts[run] as number, right.starts[run] as number]
    for (let index = 0; index < length; index++) {
      data[at++] = combine(x[one] as number, y[other] as number)
      one += left.step
      other += right.step
    }
  }
  return data
}
