import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGraph, tensor, type Graph, type Plan, type Value, type Weights } from '@saliency/core'
import { decodeModel, encodeModel } from '@saliency/onnx-proto'
import * as native from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { sharedSessions, withFedWeights } from '../src/fed-weights.ts'
import { openOnnxRuntime, toOnnx } from '../src/index.ts'
import type { Library } from '../src/runtime.ts'
import { writePlan } from '../src/write/to-onnx.ts'

const kernel = [2, 1, 3, 3]
const weightsOf = (factor: number): Weights =>
  new Map([
    [
      'conv/kernel',
      tensor(
        Float32Array.from({ length: 18 }, (_, i) => factor * Math.cos(i)),
        kernel,
      ),
    ],
    ['conv/bias', tensor(Float32Array.of(factor, -factor), [2])],
  ])

function build(): { graph: Graph; x: Value; w: Value; y: Value } {
  const graph = createGraph()
  const layer = graph.layer('conv')
  const x = layer.input('image', ['n', 1, 4, 4])
  const w = layer.parameter('conv/kernel', kernel, 'kernel')
  const b = layer.parameter('conv/bias', [2], 'bias')
  return { graph, x, w, y: layer.relu(layer.conv(x, w, b, { pads: [1, 1, 1, 1] })) }
}

const image = (n: number) =>
  tensor(
    Float32Array.from({ length: 16 * n }, (_, i) => Math.sin(i)),
    [n, 1, 4, 4],
  )
const nodesOf = (bytes: Uint8Array) => decodeModel(bytes).graph?.node?.map((node) => node.opType)

describe('what is written', () => {
  test('unused branches and outputs are left out, and layers are named', () => {
    const { graph, y } = build()
    graph.ops.exp(graph.ops.maxPoolIndices(y, { kernel: [2, 2] }))
    const { values } = graph.ops.topK(y, 1)
    const bytes = toOnnx(
      { outputs: { map: graph.ops.maxPool(y, { kernel: [2, 2] }), values } },
      weightsOf(1),
      {
        method: 'guided',
      },
    )
    const model = decodeModel(bytes)
    expect(nodesOf(bytes)).toEqual(['Conv', 'Relu', 'MaxPool', 'TopK'])
    expect(model.graph?.node?.[0]?.name).toMatch(/^conv\/Conv/)
    expect(model.graph?.node?.[2]?.output).toEqual(['map'])
    expect(model.graph?.input?.[0]?.type?.tensorType?.shape?.dim?.[0]).toEqual({ dimParam: 'n' })
    expect(model.metadataProps).toEqual([{ key: 'method', value: 'guided' }])
    expect([model.irVersion, model.opsetImport]).toEqual([8, [{ domain: '', version: 18 }]])
  })

  test('leaves and one value under two names can be outputs', async () => {
    const { x, w, y } = build()
    const engine = await openOnnxRuntime({ backend: 'native', threads: 1 })
    const session = await engine.open({ outputs: { a: y, b: y, x, w } }, weightsOf(1))
    const result = await session.run({ image: image(1) })
    expect(result['a']?.data).toEqual(result['b']?.data)
    expect(result['x']?.data).toEqual(image(1).data)
    expect(result['w']?.data).toEqual(weightsOf(1).get('conv/kernel')?.data)
    await session.dispose()
  })

  test('expressions over parameters are evaluated when the session opens', async () => {
    const { graph, w, y } = build()
    const { ops } = graph
    const flipped = ops.slice(w, { axes: [2, 3], starts: [-1, -1], ends: [-9, -9], steps: [-1, -1] })
    const scale = ops.reciprocal(ops.sqrt(ops.add(ops.mul(w, w), 1e-3)))
    const outputs = {
      flipped: ops.conv(y, ops.transpose(flipped, [1, 0, 2, 3])),
      positive: ops.conv(y, ops.transpose(ops.relu(w), [1, 0, 2, 3])),
      negative: ops.conv(y, ops.neg(ops.transpose(ops.relu(ops.neg(w)), [1, 0, 2, 3]))),
      scaled: ops.conv(y, ops.transpose(ops.mul(w, ops.where(ops.greater(w, 0), scale, 0)), [1, 0, 2, 3])),
      constant: ops.conv(y, ops.fill([1, 2, 3, 3], 0.5)),
    }
    const folder = mkdtempSync(join(tmpdir(), 'saliency-'))
    const file = join(folder, 'optimized.onnx')
    const session = await native.InferenceSession.create(toOnnx({ outputs }, weightsOf(1)), {
      graphOptimizationLevel: 'basic',
      optimizedModelFilePath: file,
    })
    await session.release()
    expect(nodesOf(readFileSync(file))).toEqual(['Conv', 'Relu', 'Conv', 'Conv', 'Conv', 'Conv', 'Conv'])
    rmSync(folder, { recursive: true })
  })

  test('a constant of the batch is sized by the graph’s input even where nothing else reads it', async () => {
    const { graph } = build()
    const engine = await openOnnxRuntime({ backend: 'native', threads: 1 })
    const session = await engine.open({ outputs: { zero: graph.ops.fill(['n', 2], 0) } }, new Map())
    const { zero } = await session.run({ image: image(3) })
    expect(zero).toEqual({ dtype: 'float32', shape: [3, 2], data: new Float32Array(6) })
    await session.dispose()
  })
})

describe.each([
  ['native', false],
  ['wasm', false],
  ['native', true],
  ['wasm', true],
] as const)('%s sessions, weights fed at each run: %s', (backend, feedsWeights) => {
  const opened = openOnnxRuntime({ backend, threads: 1, feedsWeights })
  const plan = (): Plan => ({ outputs: { y: build().y } })

  test('each weight state has its own session, and an exported file agrees', async () => {
    const engine = await opened
    const shared = plan()
    const sessions = [await engine.open(shared, weightsOf(1)), await engine.open(shared, weightsOf(2))]
    const [one, two] = await Promise.all(sessions.map((session) => session.run({ image: image(2) })))
    const values = one?.['y']?.data as Float32Array
    expect(values.some((value) => value > 0)).toBe(true)
    for (const [index, value] of Array.from(two?.['y']?.data ?? [], Number).entries()) {
      expect(value).toBeCloseTo(2 * (values[index] ?? Number.NaN), 5)
    }
    for (const session of sessions) await session.dispose()

    const exported = await native.InferenceSession.create(toOnnx(shared, weightsOf(1)))
    const feed = new native.Tensor('float32', image(2).data, [2, 1, 4, 4])
    const again = Array.from((await exported.run({ image: feed }))['y']?.data as Float32Array)
    expect(again).toHaveLength(values.length)
    for (const [index, value] of again.entries()) expect(value).toBeCloseTo(values[index] ?? Number.NaN, 5)
    await exported.release()
  })

  test('results stay valid when the session is gone, and it then refuses to run', async () => {
    const session = await (await opened).open(plan(), weightsOf(1))
    const { y } = await session.run({ image: image(1) })
    const copy = Array.from(y?.data ?? [], Number)
    await session.run({ image: image(2) })
    await session.dispose()
    await session.dispose()
    expect(Array.from(y?.data ?? [], Number)).toEqual(copy)
    await expect(session.run({ image: image(1) })).rejects.toMatchObject({
      name: 'SaliencyError',
      code: 'ENGINE',
    })
  })

  test('missing and misshapen weights and feeds are named', async () => {
    const engine = await opened
    const incomplete = new Map([['conv/kernel', tensor(new Float32Array(9), [1, 1, 3, 3])]])
    await expect(engine.open(plan(), incomplete)).rejects.toThrow(
      /'conv\/kernel' is \[1, 1, 3, 3\] instead of \[2, 1, 3, 3\]; 'conv\/bias' has no value/,
    )
    const session = await engine.open(plan(), weightsOf(1))
    await expect(session.run({})).rejects.toThrow(/'image' \[n, 1, 4, 4\] is not fed/)
    const wrong = tensor(new Float32Array(25), [1, 1, 5, 5])
    await expect(session.run({ image: wrong })).rejects.toThrow(/'image' is fed float32 \[1, 1, 5, 5\]/)
    await session.dispose()
  })

  test('inputs must agree on the batch', async () => {
    const { graph, y } = build()
    const seed = graph.ops.input('seed', ['n', 2, 4, 4])
    const session = await (await opened).open({ outputs: { map: graph.ops.mul(y, seed) } }, weightsOf(1))
    const two = tensor(new Float32Array(64), [2, 2, 4, 4])
    await expect(session.run({ image: image(1), seed: two })).rejects.toThrow(/batch of 2.*one of 1/)
    await session.dispose()
  })
})

test('weight states share a session where weights are fed, which stays open for the next of them', async () => {
  const library = native as unknown as Library
  const open = sharedSessions(library)
  const created: string[] = []
  const openPlan = (name: string, plan: Plan, factor: number) => {
    const written = withFedWeights(writePlan(plan))
    return open(plan, written, weightsOf(factor), async () => {
      created.push(name)
      return library.InferenceSession.create(encodeModel(written.model))
    })
  }
  const plan: Plan = { outputs: { y: build().y } }
  const [one, three] = [await openPlan('plan', plan, 1), await openPlan('plan', plan, 3)]
  const [first, third] = [await one.run({ image: image(1) }), await three.run({ image: image(1) })]
  for (const [at, value] of Array.from(third['y']?.data ?? [], Number).entries())
    expect(value).toBeCloseTo(3 * Number(first['y']?.data[at]), 5)
  await one.dispose()
  await one.dispose()
  expect((await three.run({ image: image(1) }))['y']?.data).toEqual(third['y']?.data)
  await three.dispose()
  await (await openPlan('plan', plan, 2)).dispose()
  expect(created).toEqual(['plan'])
  // Of many plans that nobody has open any more, the oldest go.
  for (let count = 0; count < 17; count++)
    await (await openPlan('other', { outputs: { y: build().y } }, 1)).dispose()
  await (await openPlan('plan again', plan, 1)).dispose()
  expect(created.filter((name) => name !== 'other')).toEqual(['plan', 'plan again'])
})

test('memory of sessions is freed when they are disposed of', async () => {
  const graph = createGraph()
  const x = graph.ops.input('image', ['n', 1])
  const w = graph.ops.parameter('w', [1, 4_000_000])
  const plan = { outputs: { sum: graph.ops.reduceSum(graph.ops.relu(graph.ops.gemm(x, w)), { axes: [1] }) } }
  const weights = new Map([['w', tensor(new Float32Array(4_000_000).fill(1), [1, 4_000_000])]])
  const engine = await openOnnxRuntime({ backend: 'native', threads: 1 })
  async function once(): Promise<void> {
    const session = await engine.open(plan, weights)
    await session.run({ image: tensor(Float32Array.of(1, 2), [2, 1]) })
    await session.dispose()
  }
  for (let round = 0; round < 3; round++) await once()
  const before = process.memoryUsage().rss
  // Each session holds 16 MB of weights and 64 MB of activations: ten that stay would be 800 MB.
  for (let round = 0; round < 10; round++) await once()
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
})
