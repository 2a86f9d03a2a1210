import { tensor, type FloatTensor, type Method } from '@saliency/core'
import { fullgrad } from '@saliency/method-fullgrad'
import guided from '@saliency/method-guided'
import { rectgrad } from '@saliency/method-rectgrad'
import { loadModel } from '@saliency/model-formats/node'
import { caseArray, casePath, explainWith, hasCases, logitsOf, oneHot } from '@saliency/testing'
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
    direction: oneHot(loaded.model, targets),
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

  // Class 1 in float64 autograd: image 0.02127, convolutions' biases −0.01230 and 0.04121, dense bias 0.08747.
  it('the raw map of FullGrad and the dense bias sum to the logit', async () => {
    const at = ['bugs', 'fullgrad-raw-map-is-not-complete'] as const
    const loaded = await loadModel(casePath(...at, 'model.onnx'))
    const x = caseArray(...at, 'x.npy')
    const inputs = x.shape.length === 4 ? x : tensor(x.data, [1, ...x.shape])
    const direction = oneHot(loaded.model, [1])
    const maps = await explainWith({
      ...loaded,
      method: fullgrad as Method,
      variants: ['fullgrad-raw'],
      inputs,
      direction,
    })
    const sum = maps.get('fullgrad-raw')?.data.reduce((total, value) => total + value, 0)
    expect(sum).toBeCloseTo(0.05018, 5)
    expect((await logitsOf(loaded, inputs)).data[1]).toBeCloseTo(0.05018 + 0.08747, 5)
  })
})
