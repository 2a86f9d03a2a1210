import { ancestors } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, expectSame, openBackends, prepare, type Trace } from './compare.ts'
import { cases } from './operator-cases.ts'

const circumstances = fc.record({
  seed: fc.nat(1000),
  batch: fc.integer({ min: 1, max: 3 }),
  isInner: fc.boolean(),
})
const reference = await openOnnxRuntime({ threads: 1 })
const engines = await openBackends(['tensorflow', 'wasm', 'cpu'])

describe.each(engines.map((engine) => [engine.id, engine] as const))(
  'every operator on %s as on ONNX Runtime',
  (_id, engine) => {
    it.each(Object.entries(cases))('%s', async (op, { settings, trace }) => {
      const met = new Set<string>()
      const property = fc.asyncProperty(settings, circumstances, async (drawn, around) => {
        const build: Trace = (ops, leaves) => [trace(ops, leaves, drawn)].flat()
        const prepared = prepare(build, around)
        for (const node of ancestors(Object.values(prepared.plan.outputs))) met.add(node.op)
        expectSame(await evaluate(engine, prepared), await evaluate(reference, prepared))
      })
      await expect(fc.assert(property, { numRuns: 20, seed: 7 })).resolves.toBeUndefined()
      expect(met).toContain(op)
    })
  },
)
