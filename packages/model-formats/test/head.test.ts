import { createGraph, type Ops, type Value } from '@saliency/core'
import { encodeModel } from '@saliency/onnx-proto'
import { describe, expect, it } from 'vitest'
import { importOnnx } from '../src/index.ts'
import { loadModel } from '../src/node.ts'
import { splitHead } from '../src/split-head.ts'
import { around } from './onnx-around.ts'
import { floats, node, onnxModel, positives } from './onnx-model.ts'
import { casePath, hasCases } from './reference.ts'

/** Scores `[n, 6, 1, 1]` of an image. */
function scores() {
  const { ops } = createGraph()
  return ops.globalAveragePool(ops.input('image', ['n', 6, 4, 4]))
}

describe('the head', () => {
  it('is split off over the classes, wherever their axis is', () => {
    const first = scores()
    expect(splitHead(first.graph.ops.softmax(first, 1)).head).toBe('softmax')
    const x = scores()
    const { ops } = x.graph
    const flat = ops.reshape(ops.softmax(ops.transpose(x, [0, 2, 3, 1]), 3), ['n', 6])
    const { logits, head } = splitHead(flat)
    expect([head, logits.shape]).toEqual(['softmax', ['n', 6]])
  })

  it('stays a layer where a softmax runs over some of the classes only', () => {
    const x = scores()
    const { ops } = x.graph
    const grouped = ops.softmax(ops.reshape(x, ['n', 2, 3]), 2)
    const output = ops.reshape(grouped, ['n', 6])
    expect(splitHead(output)).toEqual({ logits: output, head: 'none' })
  })

  const spelled: readonly (readonly [string, 'softmax' | 'sigmoid', (ops: Ops, x: Value) => Value])[] = [
    ['exp/sum exp', 'softmax', (ops, x) => ops.div(ops.exp(x), ops.reduceSum(ops.exp(x), { axes: [1] }))],
    [
      'exp(x − max)/sum',
      'softmax',
      (ops, x) => {
        const powers = ops.exp(ops.sub(x, ops.reduceMax(x, { axes: [1] })))
        return ops.mul(powers, ops.reciprocal(ops.reduceSum(powers, { axes: [1] })))
      },
    ],
    ['x − logsumexp', 'softmax', (ops, x) => ops.sub(x, ops.log(ops.reduceSum(ops.exp(x), { axes: [1] })))],
    ['log softmax', 'softmax', (ops, x) => ops.log(ops.softmax(x, 1))],
    ['exp logsoftmax', 'softmax', (ops, x) => ops.exp(ops.logSoftmax(x, 1))],
    ['softmax kept from 0', 'softmax', (ops, x) => ops.clip(ops.softmax(x, 1), 1e-7, 1)],
    ['1/(1 + exp −x)', 'sigmoid', (ops, x) => ops.reciprocal(ops.add(ops.exp(ops.neg(x)), 1))],
    ['log sigmoid', 'sigmoid', (ops, x) => ops.neg(ops.softplus(ops.neg(x)))],
    ['(1 + tanh x/2)/2', 'sigmoid', (ops, x) => ops.mul(ops.add(ops.tanh(ops.mul(x, 0.5)), 1), 0.5)],
  ]

  it.each(spelled)('is split off as %s', (_, kind, build) => {
    const x = scores()
    const { ops } = x.graph
    const logits = ops.flatten(x)
    expect(splitHead(build(ops, logits))).toEqual({ logits, head: kind })
    const behind = splitHead(ops.reshape(build(ops, logits), ['n', 6, 1]))
    expect([behind.head, behind.logits.shape]).toEqual([kind, ['n', 6]])
  })

  it('is none where numbers are divided by another sum, or only shifted', () => {
    const x = scores()
    const { ops } = x.graph
    const logits = ops.flatten(x)
    const powers = ops.exp(logits)
    for (const output of [
      ops.div(powers, ops.add(ops.reduceSum(powers, { axes: [1] }), 1)),
      ops.div(logits, ops.reduceSum(logits, { axes: [1] })),
      ops.sub(logits, ops.reduceMax(logits, { axes: [1] })),
      ops.exp(logits),
    ])
      expect(splitHead(output)).toEqual({ logits: output, head: 'none' })
  })

  it('is refused over an axis with one entry, and over the batch', () => {
    const x = scores()
    const { ops } = x.graph
    expect(() => splitHead(ops.softmax(x, 3))).toThrow(/axis 3 of \[n, 6, 1, 1\].*answers 1 for every image/)
    const one = ops.input('one', ['n', 1])
    expect(() => splitHead(ops.softmax(one, 1))).toThrow(/axis 1 of \[n, 1\].*answers 1/)
    expect(() => splitHead(ops.logSoftmax(ops.flatten(x), 0))).toThrow(/axis 0 of \[n, 6\], the batch/)
    const inside = ops.mul(ops.flatten(x), ops.softmax(ops.flatten(x), 0))
    expect(() => splitHead(inside)).toThrow(/the batch/)
  })

  it.skipIf(!hasCases).each([
    [['bugs', 'softmax-over-another-axis', 'model.onnx'], /answers 1 for every image/],
    [['bad-inputs', 'softmax-over-batch', 'model.onnx'], /runs over axis 0.*answers 1 for every image/],
    [['bad-inputs', 'infinite-shape', 'model.onnx'], /a fixed batch of 1000000000 images/],
    [['bad-inputs', 'infinite-shape', 'tfjs', 'model.json'], /NaN|Infinity/],
    [['bugs', 'onnx-batchnorm-training-old-opset', 'model.onnx'], /exported in training mode/],
  ] as const)('%s is refused', async (path, message) => {
    await expect(loadModel(casePath(...path))).rejects.toThrow(message)
  })

  it.each([12, 17])('batch normalisation of operator set %i in training form is refused', async (opset) => {
    const statistics = ['mean.out', 'var.out', ...(opset < 14 ? ['saved.mean', 'saved.var'] : [])]
    const attributes = opset < 14 ? {} : { training_mode: 1 }
    const norm = node('BatchNormalization', ['x', 'g', 'b', 'm', 'v'], ['first', ...statistics], attributes)
    const parts = [floats('g', [4]), floats('b', [4]), floats('m', [4]), positives('v', [4])]
    const again = node(
      'BatchNormalization',
      ['first', 'g', 'b', 'm', 'v'],
      ['second', ...statistics.map((name) => `${name}.2`)],
      attributes,
    )
    const unknown = node('Frobnicate', ['second'], ['y'])
    const model = onnxModel(around([norm, again, unknown], parts, undefined, opset))
    // All of it at once: how many layers, and what lies behind them.
    await expect(importOnnx(encodeModel(model))).rejects.toThrow(
      /exported in training mode.*Call model\.eval\(\) before the export\. \(Layer: first, BatchNormalization and 1 more\.\)\n {2}y \(Frobnicate\): is not supported/,
    )
  })
})
