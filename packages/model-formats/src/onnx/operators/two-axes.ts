import type { Value } from '@saliency/core'
import type { NodeCall } from '../node-call.ts'

/** A list with an item for each axis of the window, or two (pads), as it is for rows and columns. */
export type TwoOf = (list: readonly number[], fill: number) => number[]

/** A window along one axis as one along the columns of a row. */
export const asColumns: TwoOf = (list, fill) => list.flatMap((item) => [fill, item])

/** The node as one whose window moves over the rows and columns of `x`, in place of its own first input. */
export function overTwoAxes(call: NodeCall, x: Value, twoOf: TwoOf): NodeCall {
  const { attributes } = call
  return {
    ...call,
    attributes: {
      ...attributes,
      integers(name) {
        const list = attributes.integers(name)
        return list && twoOf(list, name === 'pads' ? 0 : 1)
      },
    },
    value: (index) => (index === 0 ? x : call.value(index)),
  }
}
