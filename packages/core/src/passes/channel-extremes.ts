import { channelFunction, variesByChannel } from '../graph/channel-function.ts'
import type { ReduceAttributes } from '../graph/operators.ts'
import type { Ops } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'
import type { Application, BuildPass } from './build-pass.ts'

const places = { axes: [2, 3] }

/** The largest and the smallest value of each channel, `[n, c, 2, 1]`. */
const ends = (ops: Ops, x: Value): Value =>
  ops.concat([ops.reduceMax(x, places), ops.reduceMin(x, places)], 2)

/** The same of |x|, whose largest value is at an end of x, and so needs no pass of its own. */
const endsOfMagnitude = (ops: Ops, x: Value): Value => {
  const largest = ops.max(ops.reduceMax(x, places), ops.neg(ops.reduceMin(x, places)))
  return ops.concat([largest, ops.reduceMin(ops.abs(x), places)], 2)
}

/** Coefficients `[…, c, 1, 1]` for both ends; an engine multiplies equal shapes several times faster than it spreads one over pairs. */
const forBoth = (ops: Ops, coefficients: Value): Value =>
  ops.concat([coefficients, coefficients], coefficients.shape.length - 2)

/** What a function of each channel makes of the values among which its extremes are. */
function candidates(ops: Ops, value: Value): Value | undefined {
  const f = channelFunction(value)
  if (!variesByChannel(f)) return undefined
  const above = forBoth(ops, f.above)
  if (f.kind === 'odd') return ops.mul(above, ends(ops, f.x))
  if (f.kind === 'even') return ops.mul(above, endsOfMagnitude(ops, f.x))
  const at = ends(ops, f.x)
  return ops.sub(ops.mul(above, ops.relu(at)), ops.mul(forBoth(ops, f.below), ops.min(at, 0)))
}

/** The operand and attributes of a largest or smallest value over whole channels, if that is what is about to be built. */
function reduction({ op, inputs: [value], attributes }: Application) {
  if ((op !== 'ReduceMax' && op !== 'ReduceMin') || value?.shape.length !== 4) return undefined
  const over = attributes as ReduceAttributes
  const isWhole = over.axes.includes(2) && over.axes.includes(3)
  const count = value.shape.slice(2).reduce<number>((product, dim) => product * Number(dim), 1)
  return isWhole && count > 2 ? { value, over } : undefined
}

/** Finds extremes without writing what they are extremes of. */
export const channelExtremes: BuildPass = {
  name: 'channel-extremes',
  when: 'build',
  does: 'The largest or smallest value of w·x, |w·x| or relu(w·x) is that of the function at the extremes of x or |x| of each channel, which all functions of x share.',
  needs:
    'w differs from channel to channel and is the same at all places of a channel; the extreme is taken over all places, which are more than two.',
  rewrite(application, ops) {
    const found = reduction(application)
    const values = found && candidates(ops, found.value)
    if (!values) return undefined
    return application.op === 'ReduceMax'
      ? ops.reduceMax(values, found.over)
      : ops.reduceMin(values, found.over)
  },
}
