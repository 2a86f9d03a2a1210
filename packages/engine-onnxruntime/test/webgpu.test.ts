import { createGraph, type Engine, type Session, tensor, type Value } from '@saliency/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { openOnnxRuntime } from '../src/index.ts'
import { cases } from './cases.ts'

const lines: string[] = []
const webgpu = await openOnnxRuntime({
  backend: 'native',
  device: 'webgpu',
  log: (line) => lines.push(line),
}).catch((error: unknown) => (error as Error).message)
const isHere = typeof webgpu !== 'string'

test.runIf(process.env['SALIENCY_REQUIRE_WEBGPU'])('WebGPU is here', () =>
  expect(webgpu).not.toBeTypeOf('string'),
)

describe.skipIf(!isHere)(`on WebGPU${isHere ? '' : ` (skipped: ${webgpu})`}`, () => {
  const engine = webgpu as Engine
  const all = Object.entries(cases).flatMap(([op, list]) =>
    list.map((one, index) => ({ ...one, name: `${op} ${index}` })),
  )
  let results: Awaited<ReturnType<Session['run']>>

  // One session for all: a device takes long to open one.
  beforeAll(async () => {
    const ops = createGraph().layer('layer')
    const x = ops.input('image', ['n', 1, 2, 2])
    const w = ops.parameter('layer/w', [1, 1, 2, 2])
    const outputs = Object.fromEntries(all.map(({ name, make }): [string, Value] => [name, make(ops, x, w)]))
    const weights = new Map([['layer/w', tensor(Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2])]])
    const session = await engine.open({ outputs }, weights)
    results = await session.run({ image: tensor(Float32Array.of(-1, 0, 2, 0.5), [1, 1, 2, 2]) })
    await session.dispose()
  })

  test.each(all)('$name', ({ name, expected }) => {
    const actual = Array.from(results[name]?.data ?? [], Number)
    expect(actual).toHaveLength(expected.length)
    // WGSL promises 2⁻¹¹ for sin and cos alone.
    const digits = /^(Sin|Cos) /.test(name) ? 3 : 5
    for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, digits)
  })

  test('the id names the device, and one line the operators that it leaves to the processor', () => {
    expect(engine.id).toBe('onnxruntime-node/webgpu')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^The device 'webgpu' leaves these operators to the processor: .*MaxPool 1.*\.$/)
  })

  test.each([3, 6, 8, 9])('a convolution over %i channels', async (channels) => {
    const wave = (length: number) => Float32Array.from({ length }, (_, index) => Math.sin(13 * index + 1))
    const ops = createGraph().layer('layer')
    const kernel = [4, channels, 3, 3]
    const pads = { pads: [1, 1, 1, 1] } as const
    const y = ops.conv(ops.input('image', ['n', channels, 4, 4]), ops.parameter('w', kernel), undefined, pads)
    const weights = new Map([['w', tensor(wave(36 * channels), kernel)]])
    const feeds = { image: tensor(wave(32 * channels), [2, channels, 4, 4]) }
    const [found, expected] = await Promise.all(
      [engine, await openOnnxRuntime({ backend: 'native', threads: 1 })].map(async (each) => {
        const session = await each.open({ outputs: { y } }, weights)
        return (await session.run(feeds))['y']?.data as Float32Array
      }),
    )
    for (const [index, value] of expected!.entries()) expect(found![index]).toBeCloseTo(value, 4)
  })
})
