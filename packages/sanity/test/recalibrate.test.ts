import {
  createGraph,
  createModel,
  createRandom,
  recalibrateBatchNorm,
  tensor,
  type LoadedModel,
} from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { expect, test } from 'vitest'

/** conv 3→8, batch norm with statistics that fit nothing, global pooling, dense 8→4. */
function smallModel(): LoadedModel {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 3, 8, 8])
  const [conv, bn, dense] = [graph.layer('conv'), graph.layer('bn'), graph.layer('dense')]
  const convolved = conv.conv(image, conv.parameter('conv/kernel', [8, 3, 3, 3], 'kernel'))
  const own = (role: 'gamma' | 'beta' | 'mean' | 'variance') => bn.parameter(`bn/${role}`, [8], role)
  const normalised = bn.batchNormalization(
    convolved,
    own('gamma'),
    own('beta'),
    own('mean'),
    own('variance'),
    1e-3,
  )
  const pooled = dense.flatten(dense.globalAveragePool(normalised))
  const logits = dense.gemm(pooled, dense.parameter('dense/kernel', [8, 4], 'kernel'))
  const model = createModel({ name: 'small', graph, image, logits, head: 'none' })
  const random = createRandom('recalibrate')
  const entries = model.layers.flatMap(({ parameters }) =>
    parameters.map(({ name, shape, role }) => {
      const size = shape.reduce((product, side) => product * side, 1)
      const value = () =>
        role === 'kernel' ? random.normal() : role === 'gamma' ? 1 : role === 'beta' ? 0 : 0.5
      return [name, tensor(Float32Array.from({ length: size }, value), shape)] as const
    }),
  )
  return { model, weights: new Map(entries) }
}

const noise = createRandom('calibration')
const batches = [0, 1].map(() =>
  tensor(
    Float32Array.from({ length: 8 * 192 }, () => 2 + noise.normal()),
    [8, 3, 8, 8],
  ),
)

test('recalibration measures running statistics on the images: batch norm then gives mean 0 and variance 1', async () => {
  const loaded = smallModel()
  const engine = await openOnnxRuntime()
  const weights = await recalibrateBatchNorm({ ...loaded, layers: ['conv', 'bn'], engine, batches })
  const session = await engine.open({ outputs: { output: loaded.model.layer('bn').output } }, weights)
  const values: number[] = []
  for (const image of batches)
    values.push(...((await session.run({ image }))['output']!.data as Float32Array))
  await session.dispose()
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0, 4)
  expect(values.reduce((sum, value) => sum + value ** 2, 0) / values.length).toBeCloseTo(1, 2)
  expect(weights.get('dense/kernel')).toBe(loaded.weights.get('dense/kernel'))
})

test('layers that were not asked for keep their statistics', async () => {
  const loaded = smallModel()
  const weights = await recalibrateBatchNorm({
    ...loaded,
    layers: ['dense'],
    engine: await openOnnxRuntime(),
    batches,
  })
  expect([...weights]).toEqual([...loaded.weights])
})
