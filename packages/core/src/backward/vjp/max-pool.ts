import type { PoolAttributes } from '../../graph/operators.ts'
import type { Ops } from '../../graph/ops.ts'
import { sizeOf } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import { isTiling, overTiles } from './tiles.ts'

/**
 * 1 where a window has its maximum, the first of equal ones, else 0: `[n, c, h, w]`, made once for all backward passes.
 * Asking the pool for positions costs more, and adding them up costs more in every pass.
 */
function firstMaxima(ops: Ops, x: Value, attributes: PoolAttributes): Value {
  const [height, width] = x.shape.slice(2).map(Number) as [number, number]
  const [rows, columns] = attributes.kernel
  const isLargest = (value: Value) => {
    const below = ops.sub(value, overTiles(x, ops.maxPool(value, attributes)))
    return ops.cast(ops.greaterOrEqual(below, 0), 'float32')
  }
  // Places count down through a window, so that the first of several maxima has the largest number.
  const places = Array.from({ length: height * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width) % rows, (at % width) % columns]
    return rows * columns - (row * columns + column)
  })
  return isLargest(ops.mul(isLargest(x), ops.constant(places, [1, 1, height, width])))
}

/** A signal that arrived at a max pool's output, and the pool's input. */
export interface Route {
  readonly x: Value
  readonly attributes: PoolAttributes
  readonly signal: Value
}

const routes = new WeakMap<Value, Route>()

/** Which signal went back through which pool to become this one. */
export const routeOf = (value: Value | undefined): Route | undefined => value && routes.get(value)

/** Sends each output's signal to the input its maximum came from; where windows overlap, signals add up. */
export function maxPoolSignal(ops: Ops, x: Value, attributes: PoolAttributes, signal: Value): Value {
  const routed = routedSignal(ops, x, attributes, signal)
  routes.set(routed, { x, attributes, signal })
  return routed
}

function routedSignal(ops: Ops, x: Value, attributes: PoolAttributes, signal: Value): Value {
  if (isTiling(x, attributes)) {
    return ops.mul(overTiles(x, signal), firstMaxima(ops, x, attributes))
  }
  const flat = (value: Value) => ops.reshape(value, [sizeOf(value.shape)])
  const zeros = ops.fill([sizeOf(x.shape)], 0)
  const indices = flat(ops.maxPoolIndices(x, attributes))
  return ops.reshape(ops.scatterAdd(zeros, indices, flat(signal), 0), x.shape)
}
