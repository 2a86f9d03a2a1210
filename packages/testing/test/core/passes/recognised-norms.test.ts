import { createGraph, type Ops, type Value } from '@saliency/core'
import { expect, it } from 'vitest'
import { recognisedNorms } from '../../../../core/src/passes/recognised-norms.ts'
import { expectSame } from './same.ts'

const shape = ['n', 4, 6] as const

function spelled(spell: (ops: Ops, x: Value) => Value) {
  const graph = createGraph()
  return { graph, root: spell(graph.layer('norm'), graph.ops.input('image', shape)) }
}

/** (x − mean) · (mean (x − mean)² + ε)^(−½) */
const byPower = (axes: readonly number[]) => (ops: Ops, x: Value) => {
  const centred = ops.sub(x, ops.reduceMean(x, { axes: [2] }))
  const variance = ops.reduceMean(ops.pow(centred, 2), { axes })
  return ops.mul(centred, ops.pow(ops.add(variance, 1e-3), -0.5))
}

it('a layer norm by a power is the one of its name, and computes the same', async () => {
  const { graph, root } = spelled(byPower([2]))
  const found = recognisedNorms.rewrite(root)
  expect(found?.kind).toBe('LayerNormalization')
  const built = found?.build(graph.ops, found.region.base, []) as Value
  expect(built.node.op).toBe('Div')
  await expectSame(built, root, { image: shape })
})

it('over another axis than the mean, the deviation is the RMS of what is centred', () => {
  const { root } = spelled(byPower([1]))
  const found = recognisedNorms.rewrite(root)
  expect(found?.kind).toBe('RMSNormalization')
  expect(found?.region.base.node.op).toBe('Sub')
})

it('division by the mean absolute deviation is no norm that has a name', () => {
  const { root } = spelled((ops, x) => {
    const centred = ops.sub(x, ops.reduceMean(x, { axes: [2] }))
    return ops.div(centred, ops.add(ops.reduceMean(ops.abs(centred), { axes: [2] }), 1e-3))
  })
  expect(recognisedNorms.rewrite(root) === undefined).toBe(true)
})
