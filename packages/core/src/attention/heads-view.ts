import { divideDim, sizeOf, type Dim } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import type { Axis, Digit } from '../layout/axis.ts'

/** A value as `[n, heads, rows, columns]`, with `n` standing for `windows · n` where the network cuts windows. */
export interface HeadsView {
  readonly value: Value
  readonly windows: number
}

const isBatch = ({ of }: Digit) => of === 'batch'
const isHeads = ({ of }: Digit) => of === 'features'
const isWindows = (digit: Digit) => !isBatch(digit) && !isHeads(digit)

const product = (digits: readonly Digit[]) => digits.reduce((size, digit) => size * digit.size, 1)

/**
 * A view of a value by the axes that are its rows and columns (counted from the end); of the others, images come first,
 * then windows, then heads, whether the network folds them into one axis or leaves them out.
 * @param axes what the value's axes count; undefined for what is the same for every image
 */
export function headsView(value: Value, axes: readonly Axis[] | undefined, isTurned: boolean): HeadsView {
  const { ops } = value.graph
  const rank = value.shape.length
  const last: readonly [number, number] = isTurned ? [rank - 1, rank - 2] : [rank - 2, rank - 1]
  const [rows, columns] = last.map((axis) => value.shape[axis] as Dim) as [Dim, Dim]
  const turned = (x: Value) => (isTurned ? ops.transpose(x, [0, 1, 3, 2]) : x)
  const inner = isTurned ? [columns, rows] : [rows, columns]
  if (!axes) {
    const lead = sizeOf(value.shape.slice(0, -2))
    const heads = divideDim(lead, 'n')
    const shape: readonly Dim[] = heads === undefined ? [1, lead] : ['n', heads]
    return { value: turned(ops.reshape(value, [...shape, ...inner])), windows: 1 }
  }
  const digits = axes.slice(0, -2).flat()
  const order = [isBatch, isWindows, isHeads].flatMap((is) =>
    digits.flatMap((digit, index) => (is(digit) ? [index] : [])),
  )
  const windows = product(digits.filter(isWindows))
  const batched: Dim = digits.some(isBatch) ? (windows === 1 ? 'n' : `${windows}*n`) : windows
  const shape: readonly Dim[] = [batched, product(digits.filter(isHeads)), ...inner]
  const isInOrder = order.every((index, at) => index === at)
  const apart = ops.reshape(value, [...digits.map((digit) => (isBatch(digit) ? 'n' : digit.size)), ...inner])
  const sorted = ops.transpose(apart, [...order, digits.length, digits.length + 1])
  return { value: turned(ops.reshape(isInOrder ? value : sorted, shape)), windows }
}
