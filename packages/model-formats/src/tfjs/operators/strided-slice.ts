import { normalizeAxis } from '@saliency/core'
import type { SliceRange } from '../../constant/arrange.ts'
import { integersOf } from '../../constant/constant-tensor.ts'
import { unsupported } from '../../problems.ts'
import type { GraphCall } from '../graph-call.ts'

/** What a StridedSlice cuts, and which axes it then removes. */
export interface StridedRanges {
  readonly ranges: readonly SliceRange[]
  readonly removed: ReadonlySet<number>
}

/** Bit `axis` of a mask says that a bound is left open, or that an index removes its axis. */
export function stridedRanges(call: GraphCall, rank: number): StridedRanges {
  const { attributes } = call
  for (const mask of ['ellipsis_mask', 'new_axis_mask']) {
    if (attributes.integer(mask, 0) !== 0) throw unsupported(`a slice with ${mask}`)
  }
  const [starts, ends, steps] = [1, 2, 3].map((index) => integersOf(call.constant(index))) as [
    number[],
    number[],
    number[],
  ]
  const has = (mask: string, axis: number) => ((attributes.integer(mask, 0) >> axis) & 1) === 1
  const removed = new Set<number>()
  const ranges = starts.map((first, axis) => {
    const step = steps[axis] ?? 1
    const isBackwards = step < 0
    if (has('shrink_axis_mask', axis)) {
      removed.add(normalizeAxis(axis, rank))
      return { axis, start: first, end: first === -1 ? Infinity : first + 1, step: 1 }
    }
    const start = has('begin_mask', axis) ? (isBackwards ? Infinity : 0) : first
    const end = has('end_mask', axis) ? (isBackwards ? -Infinity : Infinity) : (ends[axis] ?? 0)
    return { axis, start, end, step }
  })
  return { ranges, removed }
}
