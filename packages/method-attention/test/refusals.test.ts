import { resolveVariant, type Attention, type Model } from '@saliency/core'
import { tinyNetwork, traceError } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { attention } from '../src/index.ts'

const { model } = tinyNetwork('transformer')
const [first, ...others] = model.attentions as [Attention, ...Attention[]]
const { tokens: _, ...withoutTokens } = model
const { ops } = model.graph

const cases: readonly [what: string, model: Model, ...words: readonly string[]][] = [
  ['a network without attention', tinyNetwork('conv-pool').model, 'conv-pool', 'no attention over tokens'],
  ['tokens without a grid', withoutTokens, 'form no grid'],
  [
    'a product of two signals that is not recognised',
    {
      ...model,
      unrecognisedAttentions: [{ layer: 'bilinear', reason: 'no softmax lies between its products' }],
    },
    "'bilinear'",
    'no softmax',
  ],
  [
    'windows',
    { ...model, attentions: [{ ...first, windows: { count: 4, tokens: 16 } }, ...others] },
    '4 windows of 16 tokens',
    "'block0.attention.softmax'",
  ],
  [
    'class attention',
    {
      ...model,
      attentions: [
        ...others,
        { ...first, probabilities: ops.slice(first.probabilities, { axes: [2], starts: [0], ends: [1] }) },
      ],
    },
    '1 queries for 9 keys',
    "'block0.attention.softmax'",
  ],
  [
    'a grid that changes on the way',
    {
      ...model,
      attentions: [
        {
          ...first,
          probabilities: ops.slice(first.probabilities, { axes: [2, 3], starts: [0, 0], ends: [5, 5] }),
        },
        ...others,
      ],
    },
    'attends to 5 tokens',
    '9 are there at the end',
  ],
]

describe('what cannot be explained', () => {
  it.each(cases)('%s', (_, subject, ...words) => {
    for (const variant of ['genatt', 'raw', 'cdam']) {
      const error = traceError({ model: subject, method: attention }, variant)
      expect(error).toMatchObject({ name: 'SaliencyError', code: 'UNSUPPORTED_MODEL' })
      for (const word of words) expect(error?.message).toContain(word)
      expect(error?.message).not.toContain('\n')
    }
  })

  it('a first block that is not there', () => {
    for (const from of [4, -5]) {
      const variant = resolveVariant(attention, 'genatt', { from })
      const error = (() => {
        try {
          return attention.explain({ model, ops, options: variant.options } as never)
        } catch (thrown) {
          return thrown
        }
      })()
      expect(error).toMatchObject({
        code: 'INVALID_OPTION',
        message: expect.stringContaining('-4 to 3') as string,
      })
    }
  })
})
