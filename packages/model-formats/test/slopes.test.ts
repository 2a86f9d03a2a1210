import { encodeModel } from '@saliency/onnx-proto'
import { describe, expect, it } from 'vitest'
import { importOnnx } from '../src/onnx/import-onnx.ts'
import { around } from './onnx-around.ts'
import { floats, node, onnxModel } from './onnx-model.ts'

const slope = (shape: readonly number[]) => floats('slope', shape)

describe('slopes of a PReLU', () => {
  it('are parameters with a role, as an operator and as relu(x) + a · relu(−x)', async () => {
    const spelled = [
      node('Relu', ['x'], 'above'),
      node('Neg', ['x'], 'minus'),
      node('Relu', ['minus'], 'below'),
      node('Mul', ['below', 'slope'], 'scaled'),
      node('Add', ['above', 'scaled'], 'y'),
    ]
    for (const nodes of [[node('PRelu', ['x', 'slope'], 'y')], spelled]) {
      const { model } = await importOnnx(encodeModel(onnxModel(around(nodes, [slope([4, 1, 1])]))))
      const parameters = model.layers.flatMap((layer) => layer.parameters)
      expect(parameters.filter(({ role }) => role === 'slope')).toHaveLength(1)
      expect(model.layers.map(({ kind }) => kind)).toContain('PRelu')
    }
  })

  it('are told from a mask, which is never drawn anew', async () => {
    const numbers = Array.from({ length: 63 }, (_, at) => (at % 2 === 0 ? 0 : -100))
    const mask = floats('mask', [9, 7], numbers)
    const { model } = await importOnnx(
      encodeModel(onnxModel(around([node('Add', ['x', 'mask'], 'y')], [mask]))),
    )
    const roles = model.layers.flatMap((layer) =>
      layer.parameters.map(({ name, role }) => [name.split('/')[1], role]),
    )
    expect(roles).toContainEqual(['constant', 'fixed'])
  })
})
