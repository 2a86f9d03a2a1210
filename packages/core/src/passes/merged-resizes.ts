import { madeBy, type Node, type Value } from '../graph/value.ts'
import type { BuildPass } from './build-pass.ts'

/** A resize that a rule or a method made. */
function resizeOf(value: Value | undefined): Node<'Resize'> | undefined {
  const node = value && madeBy(value, 'Resize')
  return node?.layer === undefined ? node : undefined
}

const keyOf = ({ inputs, attributes }: Node<'Resize'>) =>
  JSON.stringify([inputs[0]?.shape, attributes.size, attributes.mode, attributes.coordinates])

/** Adds first and resizes once. */
export const mergedResizes: BuildPass = {
  name: 'merged-resizes',
  when: 'build',
  does: 'resize(a) + resize(b) becomes resize(a + b), also where the first is the last summand of a sum.',
  needs: 'Rules or methods resize both, from one shape to one size and in one way.',
  rewrite({ op, inputs }, ops) {
    if (op !== 'Add') return undefined
    const [a, b] = inputs as [Value, Value]
    const second = resizeOf(b)
    const [before, last] = resizeOf(a) ? [undefined, a] : (madeBy(a, 'Add')?.inputs ?? [])
    const first = resizeOf(last)
    if (!first || !second || keyOf(first) !== keyOf(second)) return undefined
    const { size, ...how } = second.attributes
    const sum = ops.resize(ops.add(first.inputs[0] as Value, second.inputs[0] as Value), size, how)
    return before ? ops.add(before, sum) : sum
  },
}
