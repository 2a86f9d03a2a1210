import { caseArray, casePath, hasCases } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { explain, loadModel } from '@saliency/toolkit'
import { saliency } from './project.ts'

/** Largest difference of two lists, as a part of the largest magnitude of the second. */
function apart(found: Float32Array, expected: Float32Array): number {
  const scale = Math.max(...expected.map(Math.abs))
  return Math.max(...expected.map((value, at) => Math.abs(value - (found[at] as number)))) / scale
}

async function cam(folder: readonly string[], image: string, variant: string, target: number) {
  const model = await loadModel(casePath(...folder, 'model.onnx'))
  const { data, shape } = caseArray(...folder, image)
  const request = { method: `gradcampp/${variant}`, target }
  return (await explain(model, { data: data as Float32Array, shape }, request))[0]
}

describe.skipIf(!hasCases)('class activation maps of networks that keep channels last', () => {
  it.each([
    [['bugs', 'gradcam-channels-last-layer', 'nhwc'], 'x.npy', 'gradcam-no-relu', 'gradcam-no-relu.npy', 1],
    [['models', 'tf2onnx-channels-last-target'], 'image-nchw.npy', 'gradcam', 'gradcam.npy', 4],
  ] as const)('%s: as torch computes it', async (folder, image, variant, expected, target) => {
    const map = await cam(folder, image, variant, target)
    const right = caseArray(...folder, expected)
    expect(map?.shape).toEqual(right.shape)
    expect(apart(map?.data as Float32Array, right.data as Float32Array)).toBeLessThan(1e-4)
  })

  it('the transposed layer gives the same map when it is asked for', async () => {
    const folder = ['bugs', 'gradcam-channels-last-layer', 'nhwc'] as const
    const model = await loadModel(casePath(...folder, 'model.onnx'))
    const { data, shape } = caseArray(...folder, 'x.npy')
    const last = model.model.layers.find(({ name }) => name.startsWith('Transpose:'))?.name as string
    const [map] = await explain(
      model,
      { data: data as Float32Array, shape },
      { method: 'gradcampp/gradcam-no-relu', target: 1, options: { layer: last } },
    )
    const right = caseArray(...folder, 'gradcam-no-relu.npy')
    expect(map?.shape).toEqual([1, 1, 16, 16])
    expect(apart(map?.data as Float32Array, right.data as Float32Array)).toBeLessThan(1e-4)
  })

  it('inspect names the default and why', async () => {
    const { out } = await saliency([
      'inspect',
      casePath('models', 'tf2onnx-channels-last-target', 'model.onnx'),
    ])
    expect(out).toContain("target layer of class activation maps: 'conv2d:2', the last feature maps")
    expect(out).toContain("Transpose 'Transpose__8' reads it")
  })
})

describe.skipIf(!hasCases)('attention', () => {
  it.each(['legacy', 'dynamo', 'legacy-dynamic-batch'])('%s: the tokens the read-out reads', async (name) => {
    const model = await loadModel(casePath('models', 'attention-plain', `${name}.onnx`))
    const { data, shape } = caseArray('models', 'attention-plain', 'image-nchw.npy')
    const image = { data: data as Float32Array, shape }
    const [map] = await explain(model, image, { method: 'gradcampp/gradcam' })
    expect(map?.shape).toEqual([1, 1, 4, 4])
    const scores = model.model.layers.find(({ nodes }) => nodes.at(-1)?.op === 'Softmax')?.name as string
    await expect(
      explain(model, image, { method: 'gradcampp/gradcam', options: { layer: scores } }),
    ).rejects.toThrow(new RegExp(`'${scores.replaceAll('.', '\\.')}' returns .*, which is no image`))
  })
})
