import { tensor, type FloatTensor } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { encodeModel } from '@saliency/onnx-proto'
import { expect, test } from 'vitest'
import { importOnnx, verifyGradient } from '../src/index.ts'
import { floats, node, onnxModel } from './onnx-model.ts'

/** A network that bends 128 times between 0 and 1: x is folded to 2|x| − 1 seven times, and summed. */
async function steep() {
  const folds = [0, 1, 2, 3, 4, 5, 6].flatMap((fold) => [
    node('Abs', [fold === 0 ? 'image' : `fold ${fold}`], `size ${fold}`),
    node('Mul', [`size ${fold}`, 'two'], `twice ${fold}`),
    node('Sub', [`twice ${fold}`, 'one'], `fold ${fold + 1}`),
  ])
  const nodes = [
    ...folds,
    node('Conv', ['fold 7', 'kernel'], 'pixels', { kernel_shape: [9, 7] }),
    node('Flatten', ['pixels'], 'scores'),
  ]
  const initializers = [floats('one', [1], [1]), floats('two', [1], [2]), floats('kernel', [2, 3, 9, 7])]
  const imported = await importOnnx(encodeModel(onnxModel({ nodes, initializers })))
  const engine = await openOnnxRuntime({ threads: 1 })
  const session = await engine.open({ outputs: { scores: imported.scores } }, imported.weights)
  const source = (bend: (image: FloatTensor) => FloatTensor) => ({
    id: 'the file itself',
    predict: async (images: FloatTensor) =>
      (await session.run({ image: bend(images) }))['scores']?.data as Float32Array,
    dispose: () => session.dispose(),
  })
  return { imported, engine, source }
}

test('the gradient of a steep network agrees with steps that are small enough', async () => {
  const { imported, engine, source } = await steep()
  const found = await verifyGradient(
    imported,
    source((image) => image),
    engine,
  )
  expect(found.passed).toBe(true)
  expect(found.difference).toBeLessThan(0.05)
})

test('the gradient of another network disagrees at every step', async () => {
  const { imported, engine, source } = await steep()
  const shifted = ({ data, shape }: FloatTensor) =>
    tensor(
      Float32Array.from(data, (value) => value * 1.5),
      shape,
    )
  expect((await verifyGradient(imported, source(shifted), engine)).passed).toBe(false)
})
