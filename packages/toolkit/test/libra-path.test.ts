import { tensor, type FloatTensor, type Method } from '@saliency/core'
import { integratedGradients } from '@saliency/method-baseline'
import lrp from '@saliency/method-lrp'
import { explainWith, oneHot, seededImages, tinyNetwork } from '@saliency/testing'
import { expect, it } from 'vitest'

const methods = lrp as readonly Method[]
const gradient = 'lrp/cp-lrp-0-gradient'

it('integrated gradients take the modified gradient of CP-LRP as any other: image × its mean on the path', async () => {
  const network = tinyNetwork('transformer')
  const inputs = seededImages(network.model, 1)
  const request = { ...network, methods, direction: oneHot(network.model, [3]) }
  const scaled = (by: number) => ({ ...inputs, data: inputs.data.map((value) => by * value) })
  const method = methods.find(({ id }) => id === 'lrp') as Method
  const path = [1 / 8, 3 / 8, 5 / 8, 7 / 8].map(async (by) => {
    const maps = await explainWith({
      ...request,
      method,
      variants: ['cp-lrp-0-gradient'],
      inputs: scaled(by),
    })
    return maps.get('cp-lrp-0-gradient') as FloatTensor
  })
  const points = await Promise.all(path)
  const expected = inputs.data.map(
    (value, at) => (value * points.reduce((sum, { data }) => sum + Number(data[at]), 0)) / points.length,
  )
  const maps = await explainWith({
    ...request,
    method: integratedGradients as unknown as Method,
    variants: ['integrated-gradients'],
    options: { of: gradient, steps: 4 },
    inputs,
  })
  expect(maps.get('integrated-gradients')).toBeCloseToMap(tensor(expected, inputs.shape), 1e-5)
})
