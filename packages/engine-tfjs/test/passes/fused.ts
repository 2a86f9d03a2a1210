import { createRandom, tensor, type Shape, type Value } from '@saliency/core'
import { expect } from 'vitest'
import { compile } from '../../src/program.ts'
import { openBackends } from '../compare.ts'

const engines = await openBackends(['wasm', 'cpu'])

/** The forms of a plan's units in order. */
export const formsOf = (outputs: Readonly<Record<string, Value>>): readonly string[] =>
  compile({ outputs }).steps.map(({ form }) => form)

/** Expects a fused value to be what its operators compute one by one, here because all of them are outputs, on every backend. */
export async function expectSame(
  fused: Readonly<Record<string, Value>>,
  apart: Readonly<Record<string, Value>>,
  inputs: Readonly<Record<string, Shape>>,
): Promise<void> {
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => {
      const sizes = shape.map((dim) => (typeof dim === 'number' ? dim : 2))
      const random = createRandom('fused', name)
      const data = Float32Array.from(
        { length: sizes.reduce((a, b) => a * b, 1) },
        // Zeros and equal numbers as well.
        () => Math.round(2 * random.normal()) / 2,
      )
      return [name, tensor(data, sizes)]
    }),
  )
  for (const engine of engines) {
    const [first, second] = await Promise.all(
      [fused, apart].map(async (outputs) => {
        const session = await engine.open({ outputs }, new Map())
        const result = await session.run(feeds)
        await session.dispose()
        return result
      }),
    )
    for (const name of Object.keys(fused)) {
      expect([...(first?.[name]?.data ?? [])], engine.id).toEqual([...(second?.[name]?.data ?? [1])])
    }
  }
}
