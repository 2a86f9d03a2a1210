import {
  createGraph,
  createModel,
  createRandom,
  recalibrateBatchNorm,
  tensor,
  type LoadedModel,
  type Model,
  type Value,
  type Weights,
} from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { expect, test } from 'vitest'

/** conv 3→8, batch norm with statistics that fit nothing, ReLU, conv 8→6, another such batch norm, pooling, dense 6→4. */
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
  const [conv2, bn2] = [graph.layer('conv2'), graph.layer('bn2')]
  const above = conv2.conv(conv2.relu(normalised), conv2.parameter('conv2/kernel', [6, 8, 1, 1], 'kernel'))
  const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((role) =>
    bn2.parameter(`bn2/${role}`, [6], role),
  ) as [Value, Value, Value, Value]
  const last = bn2.batchNormalization(above, gamma, beta, mean, variance, 1e-3)
  const pooled = dense.flatten(dense.globalAveragePool(last))
  const logits = dense.gemm(pooled, dense.parameter('dense/kernel', [6, 4], 'kernel'))
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

/** Mean and mean square of a layer's output over all batches. */
async function moments(
  loaded: { model: Model; weights: Weights },
  layer: string,
): Promise<{ mean: number; square: number }> {
  const session = await (
    await openOnnxRuntime()
  ).open({ outputs: { output: loaded.model.layer(layer).output } }, loaded.weights)
  const values: number[] = []
  for (const image of batches)
    values.push(...((await session.run({ image }))['output']!.data as Float32Array))
  await session.dispose()
  const average = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  return { mean: average(values), square: average(values.map((value) => value ** 2)) }
}

test('recalibration measures running statistics on all images: every batch norm then gives mean 0 and variance 1', async () => {
  const loaded = smallModel()
  const engine = await openOnnxRuntime()
  const layers = ['conv', 'bn', 'conv2', 'bn2']
  const weights = await recalibrateBatchNorm({ ...loaded, layers, engine, batches })
  for (const layer of ['bn', 'bn2']) {
    const { mean, square } = await moments({ ...loaded, weights }, layer)
    expect(mean).toBeCloseTo(0, 4)
    expect(square).toBeCloseTo(1, 2)
  }
  expect(weights.get('dense/kernel')).toBe(loaded.weights.get('dense/kernel'))
})

test('only the named batch norms measure; one above them keeps what it remembers', async () => {
  const loaded = smallModel()
  const engine = await openOnnxRuntime()
  const weights = await recalibrateBatchNorm({ ...loaded, layers: ['bn2'], engine, batches })
  expect(weights.get('bn/mean')).toBe(loaded.weights.get('bn/mean'))
  expect((await moments({ ...loaded, weights }, 'bn2')).square).toBeCloseTo(1, 2)
  const below = await recalibrateBatchNorm({ ...loaded, layers: ['bn'], engine, batches })
  expect(below.get('bn2/variance')).toBe(loaded.weights.get('bn2/variance'))
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
