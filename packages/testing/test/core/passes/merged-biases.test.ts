import { backward, createGraph } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { mergedBiases } from '../../../../core/src/passes/merged-biases.ts'
import { expectSame } from './same.ts'

const shape = ['n', 3] as const

function dense(isTurned = false) {
  const graph = createGraph()
  const image = graph.ops.input('image', shape)
  const weight = graph.ops.parameter('w', [3, 4], 'kernel')
  const bias = graph.ops.parameter('b', [4], 'bias')
  const product = graph.layer('dense').matMul(image, weight)
  const ops = graph.layer('bias')
  return { graph, image, product, logits: isTurned ? ops.sub(bias, product) : ops.sub(product, bias) }
}

describe('a dense layer and the difference with its bias', () => {
  it('are one layer', () => {
    const { product, logits } = dense()
    expect(mergedBiases.rewrite(logits.node)).toEqual({ layer: product.node, bias: logits.node })
  })

  it('but not the bias less the layer, nor a sum over other axes', () => {
    expect(mergedBiases.rewrite(dense(true).logits.node)).toBeUndefined()
    const { graph, product } = dense()
    const sum = graph.layer('sum').add(product, graph.ops.parameter('other', [1], 'bias'))
    expect(mergedBiases.rewrite(sum.node)).toBeUndefined()
  })

  it('have the output that they had: x·w − b', async () => {
    const { image, logits } = dense()
    let merged = logits
    backward({
      from: logits,
      start: logits,
      biases: 'merge',
      rules: {
        MatMul: ({ linear, signal }) => {
          // Changed weights make the operator compute its output anew, with the bias that was merged.
          const twice = linear({ weight: (w) => w.graph.ops.mul(w, 2) }).output
          const { ops } = twice.graph
          merged = ops.sub(twice, linear({ bias: () => undefined }).output)
          return linear().transpose(signal)
        },
      },
    }).at(image)
    expect(merged).not.toBe(logits)
    await expectSame(merged, logits, { image: shape }, { w: [3, 4], b: [4] })
  })
})
