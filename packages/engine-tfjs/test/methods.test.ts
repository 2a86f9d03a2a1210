import { resolveVariant, trace, type Engine, type FloatTensor, type Method, type Plan } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import baseline from '@saliency/method-baseline'
import fullgrad from '@saliency/method-fullgrad'
import gradcampp from '@saliency/method-gradcampp'
import guided from '@saliency/method-guided'
import lrp from '@saliency/method-lrp'
import rectgrad from '@saliency/method-rectgrad'
import { hasReference, mapError, oneHot, openReference, rowOf } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { openBackends } from './compare.ts'

const all = [baseline, fullgrad, gradcampp, guided, lrp, rectgrad].flat() as unknown as readonly Method[]
/** Sampling methods add no operators: they average maps of the others. */
const methods = all.filter((method) => method.kind !== 'sampling')
const engines = hasReference ? await openBackends(['tensorflow', 'wasm', 'cpu']) : []

/** Plain JavaScript takes seconds a map: there, each method's first variant stands for all. */
const variantsFor = (method: Method, engine: Engine) =>
  Object.keys(method.variants).slice(0, engine.id === 'tfjs-cpu' ? 1 : undefined)

async function maps(
  engine: Engine,
  plan: Plan,
  weights: Parameters<Engine['open']>[1],
  feeds: Record<string, FloatTensor>,
) {
  const session = await engine.open(plan, weights)
  try {
    return (await session.run(feeds)) as Record<string, FloatTensor>
  } finally {
    await session.dispose()
  }
}

describe.skipIf(!hasReference)('ResNet-20 on ONNX Runtime and on TensorFlow.js', () => {
  it.each(methods.map((method) => [method.id, method] as const))(
    '%s',
    { timeout: 300_000 },
    async (_id, method) => {
      const reference = await openReference()
      const { model, weights } = await reference.model('model.json')
      const variants = Object.keys(method.variants).map((name) => resolveVariant(method, name))
      const { traced, failures } = trace({ model, variants, methods })
      expect(failures).toEqual([])
      const image = rowOf(reference.images, 0)
      const feeds: Record<string, FloatTensor> = {
        image,
        seed: oneHot(model, [reference.targets.label[0] ?? 0]),
      }
      for (const name of traced.flatMap(({ noise }) => noise)) feeds[name] = rowOf(reference.images, 1)
      const outputs = Object.fromEntries(traced.map(({ variant, map }) => [variant.variant, map]))
      const expected = await maps(await openOnnxRuntime(), { outputs }, weights, feeds)
      for (const engine of engines) {
        const wanted = Object.fromEntries(variantsFor(method, engine).map((name) => [name, outputs[name]!]))
        for (const [name, map] of Object.entries(await maps(engine, { outputs: wanted }, weights, feeds))) {
          const { share, relativeL2 } = mapError(map, expected[name] as FloatTensor, 1e-3)
          // A rectifier within rounding of zero may open in one engine and not in the other: a few pixels of a map.
          expect([engine.id, name, share[0]! >= 0.999, relativeL2[0]! <= 5e-3]).toEqual([
            engine.id,
            name,
            true,
            true,
          ])
        }
      }
    },
  )
})
