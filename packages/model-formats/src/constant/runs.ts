import { stridesOf } from '../weights/permute.ts'

/** For every item of a broadcast result, where the operand's item lies. */
export function positions(shape: readonly number[], operand: readonly number[]): Int32Array {
  const offset = shape.length - operand.length
  const strides = stridesOf(operand)
  const steps = shape.map((_, axis) =>
    (operand[axis - offset] ?? 1) === 1 ? 0 : (strides[axis - offset] ?? 0),
  )
  const result = new Int32Array(shape.reduce((product, dim) => product * dim, 1))
  const index = shape.map(() => 0)
  let position = 0
  // An odometer over the axes, the last of them fastest.
  for (let at = 0; at < result.length; at++) {
    result[at] = position
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += steps[axis] as number
      index[axis] = (index[axis] as number) + 1
      if ((index[axis] as number) < (shape[axis] as number)) break
      position -= (steps[axis] as number) * (shape[axis] as number)
      index[axis] = 0
    }
  }
  return result
}

/** A broadcast result in pieces of one length, along which each operand goes on item by item or stays where it is. */
export interface Runs {
  readonly length: number
  /** Of each operand: where it stands as a run begins, and whether it moves (1) or stays (0). */
  readonly operands: readonly { readonly starts: Int32Array; readonly step: 0 | 1 }[]
}

/** Cuts a broadcast result into the longest runs that all operands allow. */
export function runsOf(shape: readonly number[], operands: readonly (readonly number[])[]): Runs {
  const sizeAt = (operand: readonly number[], axis: number) =>
    operand[axis - shape.length + operand.length] ?? 1
  const isUniform = (operand: readonly number[], from: number) => {
    const axes = shape.flatMap((dim, axis) => (axis >= from && dim !== 1 ? [axis] : []))
    return (
      axes.every((axis) => sizeAt(operand, axis) === shape[axis]) ||
      axes.every((axis) => sizeAt(operand, axis) === 1)
    )
  }
  let from = shape.length
  while (from > 0 && operands.every((operand) => isUniform(operand, from - 1))) from--
  const length = shape.slice(from).reduce((product, dim) => product * dim, 1)
  const outer = shape.map((dim, axis) => (axis < from ? dim : 1))
  return {
    length,
    operands: operands.map((operand) => ({
      starts: positions(outer, operand),
      step: shape.some((dim, axis) => axis >= from && dim !== 1 && sizeAt(operand, axis) === dim) ? 1 : 0,
    })),
  }
}
