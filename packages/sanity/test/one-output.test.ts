import type { Model, ScoreContext } from '@saliency/core'
import { expect, test } from 'vitest'
import { classSensitivity } from '../src/checks/class-sensitivity.ts'
import { images } from './harness.ts'

test('a model with one output has no other class: not applicable, and it says so', async () => {
  const group = { images: images(16).slice(0, 2) }
  const options = Object.fromEntries(
    Object.entries(classSensitivity.options).map(([name, spec]) => [name, spec.default]),
  ) as never
  const shape = [2, 1, 4, 4] as const
  const rows = await classSensitivity.score({
    variant: 'sensitive',
    group,
    options,
    conditions: classSensitivity.conditions({ model: {} as Model, images: 2, options }),
    maps: async () => ({
      data: Float32Array.from({ length: 32 }, (_, at) => at),
      shape,
      targets: [0, 0],
      logits: Float32Array.of(0.3, -1.2),
    }),
  } as unknown as ScoreContext)
  expect(rows.map(({ value, status }) => [value, status])).toEqual(rows.map(() => [null, 'undefined']))
  const summary = classSensitivity.summarise(rows, {
    options,
    variants: [{ id: 'sensitive', handling: 'signed', start: 'one-hot', control: false }],
  })
  expect(summary.findings.map(({ outcome }) => outcome)).toEqual(['not applicable'])
  expect(summary.notes?.join()).toContain('the model has one output and no second class')
})
