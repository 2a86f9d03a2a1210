import { createGraph, type Ops, type Value } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { recognisedActivations } from '../../../../core/src/passes/recognised-activations.ts'
import { expectSame } from './same.ts'

const shape = ['n', 2, 3, 3] as const

/** The image as it comes out of a layer, and a spelling behind it, as an importer writes them. */
function spelled(spell: (ops: Ops, x: Value) => Value) {
  const graph = createGraph()
  const image = graph.ops.input('image', shape)
  return { graph, root: spell(graph.layer('act'), image) }
}

const spellings: Readonly<Record<string, (ops: Ops, x: Value) => Value>> = {
  HardSwish: (ops, x) => ops.div(ops.mul(ops.clip(ops.add(x, 3), 0, 6), x), 6),
  Swish: (ops, x) => ops.div(x, ops.add(ops.exp(ops.neg(x)), 1)),
  Softsign: (ops, x) => ops.div(x, ops.add(ops.abs(x), 1)),
}

describe.each(Object.entries(spellings))('%s', (kind, spell) => {
  it('is recognised, and computes the same', async () => {
    const { graph, root } = spelled(spell)
    const found = recognisedActivations.rewrite(root)
    expect(found?.kind).toBe(kind)
    const built = found?.build(graph.ops, found.region.base, []) as Value
    expect(built.node.op).toBe(kind)
    await expectSame(built, root, { image: shape })
  })
})

it('a function that only looks like one stays as it is written', () => {
  const { root } = spelled((ops, x) => ops.div(ops.mul(ops.clip(ops.add(x, 2.9), 0, 6), x), 6))
  expect(recognisedActivations.rewrite(root)).toBeUndefined()
})
