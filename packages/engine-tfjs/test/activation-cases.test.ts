import type { FloatTensor, Method } from '@saliency/core'
import guided from '@saliency/method-guided'
import { rectgrad } from '@saliency/method-rectgrad'
import { loadModel } from '@saliency/model-formats/node'
import { caseArray, casePath, explainWith, hasCases, oneHot } from '@saliency/testing'
import { describe, expect, it } from 'vitest'

const [backward] = guided

/** The map of one variant on a case's images. */
async function mapOf(method: Method, variant: string, [folder, file]: readonly [string, string]) {
  const loaded = await loadModel(casePath('numbers', folder, file))
  const targets = folder === 'gelu-deconvnet' ? [1, 1] : [0, 7]
  const inputs = caseArray('numbers', folder, 'x.npy')
  const maps = await explainWith({
    ...loaded,
    method,
    variants: [variant],
    inputs,
    seed: oneHot(loaded.model, targets),
  })
  return maps.get(variant) as FloatTensor
}

// Expected maps are of float64 autograd with one rule at each activation.
describe.skipIf(!hasCases)('activations of files, beside independent maps', () => {
  it.each(['hardswish-op.onnx', 'add-clip-mul-div.onnx'])('%s: deconvnet and RectGrad', async (file) => {
    const at = ['hardswish-two-spellings', file] as const
    const right = (name: string) => caseArray('numbers', 'hardswish-two-spellings', `expected-${name}.npy`)
    expect(await mapOf(backward as Method, 'deconvnet', at)).toBeCloseToMap(right('guided-deconvnet'))
    expect(await mapOf(rectgrad as Method, 'rectgrad-80', at)).toBeCloseToMap(right('rectgrad-80'))
  })

  it('deconvnet passes relu(R) at GELU, wherever the file has its half', async () => {
    const right = caseArray('numbers', 'gelu-deconvnet', 'expected-guided-deconvnet.npy')
    const map = await mapOf(backward as Method, 'deconvnet', ['gelu-deconvnet', 'model.onnx'])
    expect(map).toBeCloseToMap(right)
  })

  it('slopes of PReLUs are drawn anew with the convolution in front of them', async () => {
    const { model } = await loadModel(casePath('numbers', 'prelu-not-randomised', 'mixed-legacy.onnx'))
    const slopes = model.layers.filter((layer) => layer.parameters.some(({ role }) => role === 'slope'))
    expect(slopes.map(({ kind }) => kind)).toEqual(['PRelu', 'PRelu'])
    for (const slope of slopes) {
      const block = model.blocks.find(({ layers }) => layers.includes(slope))
      expect(block?.layers.some((layer) => layer.parameters.some(({ role }) => role === 'kernel'))).toBe(true)
    }
  })
})
