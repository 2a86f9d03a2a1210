import { describe, expect, it } from 'vitest'
import { createGraph } from '../src/graph/graph.ts'
import type { Ops } from '../src/graph/ops.ts'
import type { Value } from '../src/graph/value.ts'

const { ops } = createGraph()
const [x, y] = ['x', 'y'].map((name) => ops.input(name, ['n', 2, 4, 4])) as [Value, Value]
const [up, other] = [ops.relu(x), ops.relu(y)] as [Value, Value]
const down = ops.neg(up)
const border = (value: number): Parameters<Ops['pad']>[1] => ({
  pads: [
    [0, 0],
    [0, 0],
    [1, 1],
    [1, 1],
  ],
  value,
})

describe('what is known of signs', () => {
  it.each([
    ['a difference of rectified values', ops.sub(up, other), 'any'],
    ['a rectified value less a negative one', ops.sub(up, ops.neg(other)), 'nonnegative'],
    ['the larger of a rectified and a negative value', ops.max(up, ops.neg(other)), 'nonnegative'],
    ['the larger of two negative values', ops.max(down, ops.neg(other)), 'nonpositive'],
    ['the smaller of a rectified and a negative value', ops.min(up, ops.neg(other)), 'nonpositive'],
    ['a rectified value padded with −1', ops.pad(up, border(-1)), 'any'],
    ['a rectified value padded with 1', ops.pad(up, border(1)), 'nonnegative'],
    ['a negative value padded with −1', ops.pad(down, border(-1)), 'nonpositive'],
    ['a clip to [0, 6]', ops.clip(x, 0, 6), 'nonnegative'],
    ['a clip to [−1, 0]', ops.clip(x, -1, 0), 'nonpositive'],
    ['a clip to [−1, 1]', ops.clip(x, -1, 1), 'any'],
    ['an exponential', ops.exp(x), 'nonnegative'],
    ['a sigmoid', ops.sigmoid(x), 'nonnegative'],
    // −2 becomes −1 · (e⁻² − 1) = .86
    ['an ELU with a negative coefficient of a negative value', ops.elu(down, -1), 'nonnegative'],
    ['an ELU of a negative value', ops.elu(down, 1), 'nonpositive'],
    ['a SELU with a negative alpha of a negative value', ops.selu(down, -1, 1), 'nonnegative'],
    ['a SELU with a negative gamma of a rectified value', ops.selu(up, 1, -1), 'nonpositive'],
    ['a SELU with both negative of a negative value', ops.selu(down, -1, -1), 'nonpositive'],
    ['a leaky ReLU with a negative slope', ops.leakyRelu(x, -0.1), 'nonnegative'],
    ['a mask', ops.cast(ops.greater(x, 0), 'float32'), 'nonnegative'],
    ['a mask made of two', ops.cast(ops.and(ops.less(x, 6), ops.greater(x, 0)), 'float32'), 'nonnegative'],
    ['a negative value as a truth value', ops.cast(down, 'bool'), 'nonnegative'],
  ] as const)('%s', (_, value, sign) => {
    expect(value.sign).toBe(sign)
  })

  it('a ReLU goes only where its input cannot be negative', () => {
    const difference = ops.sub(up, other)
    expect(ops.relu(difference)).not.toBe(difference)
    expect(ops.relu(ops.exp(x))).toBe(ops.exp(x))
    const masked = ops.mul(up, ops.cast(ops.greater(other, 1), 'float32'))
    expect(ops.relu(masked)).toBe(masked)
    expect(ops.relu(ops.elu(down, -1))).toBe(ops.elu(down, -1))
  })
})

describe('simplification', () => {
  it('0 − x is −x, and not x', () => {
    expect(ops.sub(0, x)).toBe(ops.neg(x))
    expect(ops.sub(x, 0)).toBe(x)
  })

  it('a choice between equal values keeps the shape of its condition', () => {
    expect(ops.where(ops.greater(x, 0), 1, 1).shape).toEqual(['n', 2, 4, 4])
    expect(ops.where(ops.greater(x, 0), y, y)).toBe(y)
    const column = ops.input('column', ['n', 1, 4, 4])
    expect(ops.where(ops.greater(x, 0), column, column).shape).toEqual(['n', 2, 4, 4])
  })

  it('a sum or mean goes only where every axis it runs over has size 1', () => {
    const column = ops.input('column', ['n', 1, 4, 4])
    expect(ops.reduceSum(column, { axes: [1] })).toBe(column)
    expect(ops.reduceSum(column, { axes: [1, 2] }).shape).toEqual(['n', 1, 1, 4])
    expect(ops.reduceMean(column, { axes: [1, 2] }).shape).toEqual(['n', 1, 1, 4])
  })
})
