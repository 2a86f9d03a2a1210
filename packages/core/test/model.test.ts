import { describe, expect, it } from 'vitest'
import { createModel } from '../src/create-model.ts'
import { createGraph } from '../src/graph/graph.ts'
import type { Graph } from '../src/graph/value.ts'
import type { Value } from '../src/graph/value.ts'

function conv(graph: Graph, name: string, x: Value, out: number): Value {
  const channels = Number(x.shape[1])
  return graph
    .layer(name)
    .conv(
      x,
      graph.ops.parameter(`${name}/kernel`, [out, channels, 3, 3], 'kernel'),
      graph.ops.parameter(`${name}/bias`, [out], 'bias'),
      { pads: [1, 1, 1, 1] },
    )
}

/** Stem, two residual blocks (the second with a projection), global pooling, dense. */
function residualNet() {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 3, 8, 8])
  let x = graph.layer('stem.relu').relu(conv(graph, 'stem.conv', image, 4))
  for (const block of ['layer1.0', 'layer1.1']) {
    const inner = conv(
      graph,
      `${block}.conv2`,
      graph.layer(`${block}.relu1`).relu(conv(graph, `${block}.conv1`, x, 4)),
      4,
    )
    const skip = block === 'layer1.1' ? conv(graph, `${block}.shortcut`, x, 4) : x
    x = graph.layer(`${block}.relu2`).relu(graph.layer(`${block}.add`).add(inner, skip))
  }
  const pooled = graph.layer('gap').globalAveragePool(x)
  const logits = graph
    .layer('fc')
    .gemm(graph.layer('flatten').flatten(pooled), graph.ops.parameter('fc/kernel', [4, 5], 'kernel'))
  return { graph, image, logits }
}

describe('a model', () => {
  const { graph, image, logits } = residualNet()
  const model = createModel({ name: 'residual', graph, image, logits, head: 'none' })

  it('lists its layers in execution order with their parameters', () => {
    expect(model.layers.map(({ name }) => name).slice(0, 5)).toEqual([
      'stem.conv',
      'stem.relu',
      'layer1.0.conv1',
      'layer1.0.relu1',
      'layer1.0.conv2',
    ])
    expect(model.layer('stem.conv').parameters.map(({ name }) => name)).toEqual([
      'stem.conv/kernel',
      'stem.conv/bias',
    ])
    expect(model.layer('stem.conv').bias?.node.attributes).toMatchObject({ name: 'stem.conv/bias' })
  })

  it('is cut into blocks that no path bypasses', () => {
    expect(model.blocks.map(({ name }) => name)).toEqual(['stem.conv', 'layer1.0', 'layer1.1', 'fc'])
    expect(model.blocks[2]?.layers.map(({ name }) => name)).toContain('layer1.1.shortcut')
  })

  it('has blocks with names of their own where an exporter numbers operators', () => {
    const numbered = createGraph()
    const input = numbered.ops.input('image', ['n', 3, 8, 8])
    const features = ['node_conv_1', 'node_conv_2', 'node_conv_3'].reduce((x, name, index) => {
      const relu = numbered.layer(`node_relu_${index}`).relu(conv(numbered, name, x, 4))
      // A residual block around one convolution, so that a block holds several layers.
      const inner = conv(numbered, `${name}_inner`, relu, 4)
      return numbered.layer(`node_add_${index}`).add(relu, inner)
    }, input)
    const scores = numbered
      .layer('node_linear')
      .gemm(
        numbered.layer('node_flat').flatten(numbered.layer('node_pool').globalAveragePool(features)),
        numbered.ops.parameter('w', [4, 5], 'kernel'),
      )
    const { blocks } = createModel({ name: 'n', graph: numbered, image: input, logits: scores, head: 'none' })
    const names = blocks.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('node_conv_2_inner')
  })

  it('finds the usual target layer and the first linear layer', () => {
    expect(model.target.layer?.name).toBe('layer1.1.relu2')
    expect(model.firstLinear.name).toBe('stem.conv')
  })

  it('finds the layer that returns what a module does', () => {
    expect(model.layer('layer1.0').name).toBe('layer1.0.relu2')
    expect(model.layer('layer1').name).toBe('layer1.1.relu2')
    expect(model.layer('stem').name).toBe('stem.relu')
  })

  it('names near layers when one is unknown', () => {
    expect(() => model.layer('layer1.1.conv')).toThrow(
      /residual has no layer 'layer1\.1\.conv'\. Did you mean 'layer1\.1\.conv1'\? It has stem\.conv/,
    )
    expect(() => model.layer('layer1.')).toThrow(/has no layer 'layer1\.'/)
  })

  it('takes no module for a layer of which two layers are read', () => {
    const forked = createGraph()
    const input = forked.ops.input('image', ['n', 3, 8, 8])
    const [left, right] = [conv(forked, 'fork.left', input, 4), conv(forked, 'fork.right', input, 4)]
    const joined = forked.layer('gap').globalAveragePool(forked.layer('join').add(left, right))
    const scores = forked
      .layer('fc')
      .gemm(forked.layer('flat').flatten(joined), forked.ops.parameter('w', [4, 5], 'kernel'))
    const two = createModel({ name: 'two', graph: forked, image: input, logits: scores, head: 'none' })
    expect(() => two.layer('fork')).toThrow(
      "two: 'fork' has several layers that others read. Name one of them: fork.left, fork.right.",
    )
  })

  it('refuses an output that is not [n, classes]', () => {
    expect(() =>
      createModel({
        name: 'segmenter',
        graph,
        image,
        logits: model.layer('layer1.1.relu2').output,
        head: 'none',
      }),
    ).toThrow('segmenter: the output is [n, 4, 8, 8], but a classifier returns [n, classes].')
  })
})
