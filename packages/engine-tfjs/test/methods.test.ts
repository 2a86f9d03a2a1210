import {
  createRandom,
  resolveVariant,
  tensor,
  trace,
  type Engine,
  type FloatTensor,
  type LoadedModel,
  type Method,
  type Plan,
} from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import baseline from '@saliency/method-baseline'
import fullgrad from '@saliency/method-fullgrad'
import gradcampp from '@saliency/method-gradcampp'
import guided from '@saliency/method-guided'
import lrp from '@saliency/method-lrp'
import rectgrad from '@saliency/method-rectgrad'
import { hasReference, mapError, oneHot, openReference, rowOf } from '@saliency/testing'
import { importLayersModel } from '@saliency/model-formats'
import { demoModelFolder, type DemoModel } from '@saliency/zoo'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openBackends } from './compare.ts'

const all = [baseline, fullgrad, gradcampp, guided, lrp, rectgrad].flat() as unknown as readonly Method[]
/** Sampling methods add no operators: they average maps of the others. */
const methods = all.filter((method) => method.kind !== 'sampling')
const engines = await openBackends(['tensorflow', 'wasm', 'cpu'])

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

/** A network with a picture and a class to explain. */
interface Subject {
  readonly loaded: LoadedModel
  readonly image: FloatTensor
  /** Stands in for a method's random picture. */
  readonly noise: FloatTensor
  readonly target: number
}

async function resnet20(): Promise<Subject> {
  const reference = await openReference()
  const loaded = await reference.model('model.json')
  const target = reference.targets.label[0] ?? 0
  return { loaded, image: rowOf(reference.images, 0), noise: rowOf(reference.images, 1), target }
}

async function demo(name: DemoModel): Promise<Subject> {
  const read = async (path: string) => new Uint8Array(await readFile(join(demoModelFolder(name), path)))
  const json: unknown = JSON.parse(new TextDecoder().decode(await read('model.json')))
  const loaded = await importLayersModel(json, { read })
  const shape = [1, ...loaded.model.image.shape.slice(1).map(Number)]
  const draw = (key: string) => {
    const random = createRandom(key)
    const length = shape.reduce((product, dim) => product * dim, 1)
    return tensor(
      Float32Array.from({ length }, () => random.uniform()),
      shape,
    )
  }
  return { loaded, image: draw('picture'), noise: draw('noise'), target: 2 }
}

const subjects: readonly (readonly [string, boolean, () => Promise<Subject>])[] = [
  ['ResNet-20', hasReference, resnet20],
  ['the demo net residual', true, () => demo('residual')],
  ['the demo net vgg', true, () => demo('vgg')],
]

/**
 * How many values must lie within 1e-3 of the map's largest. A rectifier within rounding of zero may open in one engine
 * and not in the other, which moves a few pixels; LRP divides by sums that come close to zero, which moves more.
 */
const limits = { ordinary: { share: 0.999, relativeL2: 5e-3 }, lrp: { share: 0.99, relativeL2: 5e-2 } }

/** Runs one method's variants on every engine and compares the maps with ONNX Runtime's. */
async function compare(method: Method, { loaded, image, noise, target }: Subject): Promise<void> {
  const { model, weights } = loaded
  const variants = Object.keys(method.variants).map((name) => resolveVariant(method, name))
  const { traced, failures } = trace({ model, variants, methods })
  expect(failures).toEqual([])
  const feeds: Record<string, FloatTensor> = { image, seed: oneHot(model, [target]) }
  for (const name of traced.flatMap((each) => each.noise)) feeds[name] = noise
  const outputs = Object.fromEntries(traced.map(({ variant, map }) => [variant.variant, map]))
  const limit = method.id === 'lrp' ? limits.lrp : limits.ordinary
  const expected = await maps(await openOnnxRuntime(), { outputs }, weights, feeds)
  for (const engine of engines) {
    const wanted = Object.fromEntries(variantsFor(method, engine).map((name) => [name, outputs[name]!]))
    for (const [name, map] of Object.entries(await maps(engine, { outputs: wanted }, weights, feeds))) {
      const { share, relativeL2 } = mapError(map, expected[name] as FloatTensor, 1e-3)
      expect([engine.id, name, share[0]! >= limit.share, relativeL2[0]! <= limit.relativeL2]).toEqual([
        engine.id,
        name,
        true,
        true,
      ])
    }
  }
}

for (const [name, isThere, open] of subjects) {
  describe.skipIf(!isThere)(`${name} on ONNX Runtime and on TensorFlow.js`, () => {
    it.each(methods.map((method) => [method.id, method] as const))(
      '%s',
      { timeout: 300_000 },
      async (_id, method) => {
        await compare(method, await open())
      },
    )
  })
}
