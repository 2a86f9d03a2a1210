import { createRandom, tensor, type FloatTensor, type Shape, type Value } from '@saliency/core'
import { runOnce } from '@saliency/testing'
import { expect } from 'vitest'

/** Normal random numbers of a shape, the same for the same name. */
export function numbers(name: string, shape: readonly number[]): FloatTensor {
  const random = createRandom('passes', name)
  const size = shape.reduce((product, dim) => product * dim, 1)
  return tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  )
}

/** Expects two values to be equal, to seven digits, on the same random inputs and weights. */
export async function expectSame(
  rewritten: Value,
  written: Value,
  inputs: Readonly<Record<string, Shape>>,
  parameters: Readonly<Record<string, readonly number[]>> = {},
): Promise<void> {
  const feeds = Object.entries(inputs).map(([name, shape]) => [
    name,
    numbers(
      name,
      shape.map((dim) => (typeof dim === 'number' ? dim : 2)),
    ),
  ])
  const weights = new Map(Object.entries(parameters).map(([name, shape]) => [name, numbers(name, shape)]))
  // Variances are positive.
  for (const [name, { data }] of weights) if (name.endsWith('variance')) data.set(data.map(Math.abs))
  const result = await runOnce({ rewritten, written }, weights, Object.fromEntries(feeds))
  const [found, wanted] = [result['rewritten'], result['written']] as [FloatTensor, FloatTensor]
  expect(found.shape).toEqual(wanted.shape)
  const scale = Math.max(...wanted.data.map(Math.abs))
  const error = Math.max(...found.data.map((item, at) => Math.abs(item - (wanted.data[at] as number))))
  expect(error).toBeLessThanOrEqual(2e-6 * scale)
}
