import {
  defineMethod,
  type FloatTensor,
  type GraphMethod,
  type LoadedModel,
  type Method,
  type RuleTable,
  tensor,
} from '@saliency/core'
import { explainWith, hasReference, logitsOf, oneHot, openReference, rowOf } from '@saliency/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { lrp } from '../src/index.ts'

/** The gradient with attention's probabilities, deviations and Φ of GELU held constant, straight from that definition. */
const rules: RuleTable = {
  Softmax: ({ inputs, ops }) => inputs.map((x) => ops.fill(x.shape, 0)),
  Div: ({ inputs, vjp, ops }) =>
    vjp().map((signal, at) => (at === 1 ? ops.fill(inputs[1]?.shape ?? [], 0) : signal)),
  Gelu: ({ inputs: [x], output, signal, ops }) => [ops.mul(signal, ops.div(output, x ?? output))],
}
const libra: GraphMethod<Record<never, never>> = defineMethod({
  contract: 1,
  id: 'libra',
  title: 'Libra gradient',
  references: ['Mehri et al. 2025 (arXiv:2411.16760)'],
  options: {},
  variants: { map: { description: 'The gradient.', handling: 'signed', options: {} } },
  traits: { resolution: 'input' },
  kind: 'graph',
  explain: ({ model, backward }) => backward({ rules }).at(model.image),
})

/** The network with every bias, β, position and class token set to zero: no constant takes part. */
function withoutConstants({ model, weights }: LoadedModel): LoadedModel {
  const kept = new Set(['kernel', 'gamma'])
  const bare = new Map(weights)
  for (const { parameters } of model.layers)
    for (const { name, role, shape } of parameters)
      if (!kept.has(role) && shape.filter((dim) => dim !== 1).length < 2 + Number(role === 'other'))
        bare.set(name, tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape))
  return { model, weights: bare }
}

const sum = ({ data }: FloatTensor) => data.reduce((total, value) => total + value, 0)

describe.skipIf(!hasReference)('CP-LRP without ε', () => {
  let network: LoadedModel
  let inputs: FloatTensor
  beforeAll(async () => {
    const reference = await openReference('vit-tiny')
    network = await reference.model('model.onnx')
    inputs = rowOf(reference.images, 5)
  })
  const mapOf = async (model: LoadedModel, method: Method, variant: string) => {
    const direction = oneHot(model.model, [5])
    const maps = await explainWith({ ...model, method, variants: [variant], inputs, direction })
    return maps.get(variant) as FloatTensor
  }

  it('is the gradient of Libra, and that times the image', async () => {
    const expected = await mapOf(network, libra as unknown as Method, 'map')
    expect(await mapOf(network, lrp as unknown as Method, 'cp-lrp-0-gradient')).toBeCloseToMap(expected, 1e-5)
    const product = tensor(
      expected.data.map((value, at) => value * Number(inputs.data[at])),
      expected.shape,
    )
    expect(await mapOf(network, lrp as unknown as Method, 'cp-lrp-0-logit')).toBeCloseToMap(product, 1e-5)
  })

  it('hands all of the logit to the image where no constant takes part, and AttnLRP does not', async () => {
    const bare = withoutConstants(network)
    const logit = Number((await logitsOf(bare, inputs)).data[5])
    const whole = await mapOf(bare, lrp as unknown as Method, 'cp-lrp-0-logit')
    expect(sum(whole) / logit).toBeCloseTo(1, 4)
    const halved = await mapOf(bare, lrp as unknown as Method, 'attn-lrp-0-logit')
    expect(Math.abs(sum(halved) / logit - 1)).toBeGreaterThan(1e-2)
  })
})
