import { tinyNetwork, tinyTransformer } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { describeAttention, formatNorms } from '../src/inspect/describe-model.ts'

describe('what inspect says of a model', () => {
  it('counts norms by their kind', () => {
    expect(formatNorms(tinyNetwork('batch-norm').model)).toBe('2 × batch norm')
    expect(formatNorms(tinyNetwork('dot').model)).toBe('none, or merged into other layers')
  })

  it('names tokens, attentions and their heads', () => {
    expect(describeAttention(tinyTransformer({ prefix: 3 }))).toEqual([
      'tokens: 3 in front of 4 × 2 places of the image',
      'attentions: 2; 2 of 3 heads, 11 × 11 tokens',
    ])
    expect(describeAttention(tinyTransformer({ prefix: 0, readOut: 'mean' }))[0]).toBe(
      'tokens: 4 × 2 places of the image',
    )
  })

  it('says where tokens form no grid, and nothing of a network without any', () => {
    expect(describeAttention(tinyTransformer({ hasGrid: false }))[0]).toBe(
      'tokens: none that stand in rows and columns',
    )
    expect(describeAttention(tinyNetwork('skip').model)).toEqual([])
  })
})
