import { createRandom } from '@saliency/core'
import { expect, test } from 'vitest'
import { positions, runsOf } from '../src/constant/runs.ts'

test('runs visit the items of each operand in the order in which broadcasting does', () => {
  const random = createRandom('model-formats', 'runs')
  for (let round = 0; round < 500; round++) {
    const shape = Array.from({ length: random.integer(0, 4) }, () => random.integer(1, 3))
    /** An operand that broadcasts to the shape: axes of 1 in some places, or none in front. */
    const operand = () =>
      shape.map((dim) => (random.uniform() < 0.5 ? dim : 1)).slice(random.integer(0, shape.length))
    const shapes = [operand(), operand()]
    const { length, operands } = runsOf(shape, shapes)
    for (const [index, { starts, step }] of operands.entries()) {
      const visited = [...starts].flatMap((start) => Array.from({ length }, (_, at) => start + at * step))
      expect(visited, `${shape.join()} from ${shapes.join(' and ')}`).toEqual([
        ...positions(shape, shapes[index] as readonly number[]),
      ])
    }
  }
})

test('a kernel and one number for each of its outputs are cut into one run an output', () => {
  const kernel = [64, 3, 7, 7]
  expect(runsOf(kernel, [kernel, [64, 1, 1, 1]]).length).toBe(3 * 7 * 7)
  expect(runsOf(kernel, [kernel, []]).length).toBe(64 * 3 * 7 * 7)
})
