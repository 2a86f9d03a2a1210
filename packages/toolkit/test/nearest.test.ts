import { caseArray, casePath, hasCases, mapError, rowOf } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { explain, loadModel } from '../src/index.ts'

describe.skipIf(!hasCases)('Guided Grad-CAM upsampled by repeating pixels', () => {
  const at = (name: string) => ['numbers', 'guided-gradcam-nearest-14-to-32', name]
  it.each([
    [0, 0],
    [1, 7],
  ])(
    'takes the pixels that an independent implementation takes (image %i, class %i)',
    async (row, target) => {
      const model = await loadModel(casePath(...at('model.onnx')))
      const image = rowOf(caseArray(...at('x.npy')), row)
      const [map] = await explain(model, image, {
        method: 'guided-gradcam/guided-gradcam?upsampling=nearest',
        target,
      })
      const wanted = rowOf(caseArray(...at('expected.npy')), row)
      expect(mapError({ ...wanted, data: map?.data as Float32Array }, wanted).relativeL2[0]).toBeLessThan(
        1e-4,
      )
    },
  )
})
