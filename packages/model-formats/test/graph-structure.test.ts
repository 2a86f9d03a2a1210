import { SaliencyError } from '@saliency/core'
import { expect, test } from 'vitest'
import { importGraphModel } from '../src/index.ts'
import { around, window } from './graph-around.ts'
import { compareGraph, operation, weight } from './graph-model.ts'

test('a bias behind a product is its bias, and a fused activation a layer of its own', async () => {
  const model = around(
    [
      operation('_FusedConv2D', 'y', ['x', 'k', 'b'], {
        ...window,
        fused_ops: ['BiasAdd', 'Relu'],
        num_args: 1,
      }),
    ],
    [weight('k', [3, 3, 4, 4]), weight('b', [4])],
  )
  const { imported } = await compareGraph(model)
  expect(imported.model.layers.map(({ name, kind }) => [name, kind])).toEqual([
    ['stem', 'Conv2D'],
    ['y', '_FusedConv2D'],
    ['y/relu', 'Relu'],
    ['flat', 'Reshape'],
    ['head', 'MatMul'],
  ])
  expect(imported.model.layer('head').bias).toBeDefined()
  expect(imported.model.layer('stem').bias).toBeDefined()
})

test('everything unsupported is listed', async () => {
  const { json, shard } = around([operation('Relu7', 'a', ['x']), operation('LRN', 'y', ['a'])])
  const error: unknown = await importGraphModel(json, { read: async () => shard }).catch(
    (reason: unknown) => reason,
  )
  expect(SaliencyError.is(error, 'UNSUPPORTED_MODEL')).toBe(true)
  expect((error as Error).message).toContain('a (Relu7): is not supported (the nearest that is: Relu)')
  expect((error as Error).message).toContain('y (LRN)')
})

test.each([
  ['a cycle', [operation('Relu', 'a', ['y']), operation('Relu', 'y', ['a'])], /cycle/],
  [
    'a constant without values',
    [{ ...operation('Const', 'k', []) }, operation('Mul', 'y', ['x', 'k'])],
    /no values for the constant 'k'/,
  ],
  ['a value that nothing makes', [operation('Relu', 'y', ['ghost'])], /'ghost', which nothing/],
] as const)('%s is refused', async (_, nodes, message) => {
  const { json, shard } = around([...nodes])
  await expect(importGraphModel(json, { read: async () => shard })).rejects.toThrow(message)
})
