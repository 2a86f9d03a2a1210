import { tensor } from '@saliency/core'
import { encodeModel } from '@saliency/onnx-proto'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import { around } from './onnx-around.ts'
import { floats, imagesFor, node, onnxModel, type OnnxParts } from './onnx-model.ts'
import { gradientOf, largestDifference } from './reference.ts'

/** Two classes of every pixel: 2·red − green and blue − 3·red. */
const weights = [2, -1, 0, -3, 0, 1]
const kernel = floats('kernel', [2, 3, 1, 1], weights)
const conv = (out: string) => node('Conv', ['image', 'kernel'], out, { kernel_shape: [1, 1] })

const plain: OnnxParts = { nodes: [conv('scores')], initializers: [kernel] }
const spellings: readonly (readonly [string, OnnxParts])[] = [
  ['logits', plain],
  [
    'a softmax',
    { nodes: [conv('y'), node('Softmax', ['y'], 'scores', { axis: 1 })], initializers: [kernel] },
  ],
  [
    'a softmax, the classes last',
    {
      nodes: [
        node('Transpose', ['image'], 'first', { perm: [0, 3, 1, 2] }),
        node('Conv', ['first', 'kernel'], 'y', { kernel_shape: [1, 1] }),
        node('Transpose', ['y'], 'last', { perm: [0, 2, 3, 1] }),
        node('Softmax', ['last'], 'scores', { axis: 3 }),
      ],
      initializers: [kernel],
      image: ['n', 9, 7, 3],
    },
  ],
]

/** `[9, 7]`: the rows 2 to 4. */
const rows = tensor(
  Float32Array.from({ length: 63 }, (_, at) => Number(Math.floor(at / 7) >= 2 && Math.floor(at / 7) <= 4)),
  [9, 7],
)

describe('the target region of a segmentation network', () => {
  test.each(spellings)('explains the sum of a class over the region, by hand: %s', async (_, parts) => {
    const bytes = encodeModel(onnxModel(parts))
    const imported = await importOnnx(bytes, undefined, { targetRegion: rows })
    expect(imported.model.logits.shape).toEqual(['n', 2])
    const image = imagesFor({ nodes: [], image: ['n', 3, 9, 7] })
    for (const target of [0, 1]) {
      const byHand = Float32Array.from(image.data, (_value, at) => {
        const [channel, pixel] = [Math.floor(at / 63) % 3, at % 63]
        return (weights[target * 3 + channel] as number) * (rows.data[pixel] as number)
      })
      expect(largestDifference(await gradientOf(imported, image, target), byHand)).toBeLessThan(1e-6)
    }
  })

  test('takes a mask of another size', async () => {
    const half = node('AveragePool', ['scores'], 'half', { kernel_shape: [3, 7], strides: [3, 7] })
    const bytes = encodeModel(
      onnxModel({ nodes: [...plain.nodes, half], initializers: [kernel], outputs: ['half'] }),
    )
    const imported = await importOnnx(bytes, undefined, { targetRegion: rows })
    // Of the three rows of the output, the middle one lies on the mask's rows 3 to 5, whose middle is 4.
    expect([...(imported.weights.get('target-region/mask')?.data ?? [])]).toEqual([0, 1, 0])
  })

  test('is refused where it is empty, or the output scores no pixels', async () => {
    const bytes = encodeModel(onnxModel(plain))
    const empty = tensor(new Float32Array(63), [9, 7])
    await expect(importOnnx(bytes, undefined, { targetRegion: empty })).rejects.toThrow(/holds no pixel.*9×7/)
    const classifier = encodeModel(onnxModel(around([node('Relu', ['x'], 'y')])))
    await expect(importOnnx(classifier, undefined, { targetRegion: rows })).rejects.toThrow(
      /needs an output \[n, classes, h, w\].*scores \[n, 3\]/,
    )
  })

  test('is named where a network scores pixels, boxes or tokens', async () => {
    await expect(importOnnx(encodeModel(onnxModel(plain)))).rejects.toThrow(
      /scores every pixel, as a segmentation model does: --target-region MASK/,
    )
    const boxes = node('Reshape', ['y', 'to'], 'scores')
    const shape = {
      ...floats('to', [3]),
      dataType: 7,
      rawData: new Uint8Array(BigInt64Array.of(-1n, 63n, 2n).buffer),
    }
    const detector = onnxModel({ nodes: [conv('y'), boxes], initializers: [kernel, shape] })
    await expect(importOnnx(encodeModel(detector))).rejects.toThrow(/lists boxes or tokens, as a detector/)
  })
})
