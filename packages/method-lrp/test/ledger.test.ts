import { type FloatTensor, type LoadedModel, type Method, resolveVariant, traceLedger } from '@saliency/core'
import { explainWith, hasReference, oneHot, openReference, rowOf, runOnce } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { lrp } from '../src/index.ts'

const method = lrp as unknown as Method
const sum = ({ data }: FloatTensor) => data.reduce((total, value) => total + value, 0)

const parts = ['arriving', 'leaving', 'bias', 'zero'] as const

/** The ledger of one variant as numbers; `rest` is what no constant kept. */
async function linesOf({ model, weights }: LoadedModel, name: string, inputs: Record<string, FloatTensor>) {
  const entries = traceLedger(model, resolveVariant(method, name))
  const outputs = entries.flatMap((entry, at) => parts.map((part) => [`${part}${at}`, entry[part]] as const))
  const results = await runOnce(Object.fromEntries(outputs), weights, inputs)
  return entries.map(({ operator, constants = [] }, at) => {
    const [arriving, leaving, bias, zero] = parts.map((part) => Number(results[`${part}${at}`]?.data[0])) as [
      number,
      number,
      number,
      number,
    ]
    return { operator, constants, arriving, leaving, bias, rest: arriving - leaving - bias - zero, zero }
  })
}

describe.skipIf(!hasReference)('the ledger of a vision transformer', () => {
  it.each(['cp-lrp-epsilon', 'attn-lrp-epsilon', 'cp-lrp-gamma'])(
    'of %s accounts for all that does not arrive, and names what kept it',
    async (name) => {
      const reference = await openReference('vit-tiny')
      const network = await reference.model('model.onnx')
      const image = rowOf(reference.images, 3)
      const direction = oneHot(network.model, [3])
      const lines = await linesOf(network, name, { image, direction })
      const maps = await explainWith({ ...network, method, variants: [name], inputs: image, direction })
      const lost = lines.reduce((all, { bias, zero, rest }) => all + bias + zero + rest, 0)
      expect(1 - lost).toBeCloseTo(sum(maps.get(name) as FloatTensor), 3)

      const kept = (word: string) =>
        lines.filter(({ constants }) => constants.some((each) => each.startsWith(word)))
      expect(kept('position embedding').map(({ operator }) => operator)).toEqual(['Add'])
      expect(kept('class token').map(({ operator }) => operator)).toEqual(['Concat'])
      expect(kept('β')).toHaveLength(13)
      // Shapes, scales and activations keep nothing; a softmax does, where relevance passes it.
      for (const { operator, arriving, leaving } of lines)
        if (['Slice', 'Transpose', 'Reshape', 'Gelu', 'Div'].includes(operator))
          expect(leaving, operator).toBeCloseTo(arriving, 4)
      const softmax = lines.filter(({ operator }) => operator === 'Softmax')
      expect(softmax).toHaveLength(name === 'attn-lrp-epsilon' ? 6 : 0)
    },
  )
})
