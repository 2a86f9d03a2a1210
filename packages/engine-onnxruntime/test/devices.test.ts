import { type Session, tensor } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { comparedOnce } from '../src/compared.ts'
import { openOnnxRuntime } from '../src/index.ts'
import { placementSentence } from '../src/placement.ts'

/** A session that multiplies an image `[n, 1, 1, 2]`, and counts its runs. */
function times(factor: number): Session & { readonly batches: number[]; isOpen: boolean } {
  const session = {
    batches: [] as number[],
    isOpen: true,
    async run({ image }: Parameters<Session['run']>[0]) {
      const { data, shape } = image!
      session.batches.push(Number(shape[0]))
      return {
        map: tensor(
          (data as Float32Array).map((value) => value * factor),
          shape,
        ),
      }
    },
    async dispose() {
      session.isOpen = false
    },
  }
  return session
}

const feeds = { image: tensor(Float32Array.of(1, 2, 3, 4), [2, 1, 1, 2]) }

describe('the first image is computed on the processor too', () => {
  test('once, by a session that is closed again', async () => {
    const [device, processor] = [times(2), times(2)]
    const session = comparedOnce(device, 'webgpu', async () => processor)
    await session.run(feeds)
    const second = await session.run(feeds)
    expect([...second['map']!.data]).toEqual([2, 4, 6, 8])
    expect(device.batches).toEqual([1, 2, 2])
    expect(processor).toMatchObject({ batches: [1], isOpen: false })
  })

  test.each([
    ['a value that is twice as large', 4, '100 %'],
    ['the other sign', -2, '200 %'],
    ['no number', Number.NaN, 'infinitely far'],
  ])('%s is refused', async (_, factor, share) => {
    const session = comparedOnce(times(factor), 'webgpu', async () => times(2))
    const message = `The device 'webgpu' computes 'map' wrongly: in the first image it is ${share} away from the processor`
    await expect(session.run(feeds)).rejects.toThrow(message)
  })

  test('rounding, and what is no number on both, are not', async () => {
    await comparedOnce(times(2.0001), 'cuda', async () => times(2)).run(feeds)
    await comparedOnce(times(Number.NaN), 'cuda', async () => times(Number.NaN)).run(feeds)
  })
})

test('operators on the processor are listed by name; where there are none nothing is said', () => {
  const counts = new Map([
    ['Sign', 2],
    ['MaxPool', 1],
  ])
  expect(placementSentence('webgpu', counts)).toBe(
    "The device 'webgpu' leaves these operators to the processor: MaxPool 1, Sign 2.",
  )
  expect(placementSentence('webgpu', new Map())).toBeUndefined()
})

describe('a device that is not here', () => {
  const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml'

  test('is refused with what it needs', async () => {
    const opening = openOnnxRuntime({ backend: 'native', device: elsewhere })
    await expect(opening).rejects.toThrow(
      /^The device '(dml|coreml)' cannot be used: ONNX Runtime has only cpu.*is a part of (macOS|Windows)\.$/,
    )
  })

  test('is passed over by auto, which ends at the processor', async () => {
    const lines: string[] = []
    const { id } = await openOnnxRuntime({ device: 'auto', log: (line) => lines.push(line) })
    expect([
      'onnxruntime-node',
      ...['webgpu', 'cuda', 'coreml', 'dml'].map((one) => `onnxruntime-node/${one}`),
    ]).toContain(id)
    if (id === 'onnxruntime-node') expect(lines.join('\n')).toContain("The device 'webgpu' cannot be used")
  })
})
