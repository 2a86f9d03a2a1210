import { createGraph, tensor, type Plan, type Value } from '@saliency/core'
import * as native from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { openOnnxRuntime, toOnnx } from '../src/index.ts'
import { idleFusions } from '../src/fusions.ts'
import { writePlan } from '../src/write/to-onnx.ts'

const weights = new Map([
  [
    'kernel',
    tensor(
      Float32Array.from({ length: 12 }, (_, i) => Math.cos(i)),
      [4, 3],
    ),
  ],
])

/** A dense layer, and what `make` adds behind it. */
function planWith(make: (y: Value) => Value): Plan {
  const layer = createGraph().layer('dense')
  const y = layer.matMul(layer.input('image', ['n', 4]), layer.parameter('kernel', [4, 3], 'kernel'))
  return { outputs: { map: make(y) } }
}

const idleIn = (make: (y: Value) => Value) => idleFusions(writePlan(planWith(make)))

describe('fusions of ONNX Runtime', () => {
  it('that begin with an operator of the graph are left to it', () => {
    const plain = idleIn((y) => y)
    expect(plain).toEqual(
      expect.arrayContaining(['BiasSoftmaxFusion', 'GeluFusionL2', 'QDQS8ToU8Transformer']),
    )
    expect(plain).not.toContain('MatMulScaleFusion')
    expect(idleIn((y) => y.graph.ops.softmax(y, 1))).not.toContain('BiasSoftmaxFusion')
    expect(idleIn((y) => y.graph.ops.erf(y))).not.toContain('GeluFusionL2')
  })

  it('that find nothing change nothing when they are left out', async () => {
    const plan = planWith((y) => y.graph.ops.softmax(y.graph.ops.mul(y, y.graph.ops.sigmoid(y)), 1))
    const image = tensor(
      Float32Array.from({ length: 8 }, (_, i) => Math.sin(i)),
      [2, 4],
    )
    const session = await (await openOnnxRuntime({ backend: 'native' })).open(plan, weights)
    const { map } = await session.run({ image })
    const all = await native.InferenceSession.create(toOnnx(plan, weights))
    const expected = await all.run({ image: new native.Tensor('float32', image.data, [2, 4]) })
    expect(map?.data).toEqual(expected['map']?.data)
    await Promise.all([session.dispose(), all.release()])
  })
})
