import { describe, expect, it } from 'vitest'
import { createGraph } from '../src/graph/graph.ts'
import { createModel } from '../src/create-model.ts'
import type { Initializer, Operators } from '../src/graph/operators.ts'
import type { Graph, Value } from '../src/graph/value.ts'
import type { Model } from '../src/model.ts'
import { resolveWeights, tensor, type Weights } from '../src/index.ts'
import { dense, norm, patches, plain, WIDTH } from './attention-network.ts'

/** How a test's layers are called: by their modules, or as exporters number operators. */
type Paths = (block: number, module: string, own: string) => string

const byModule: Paths = (block, module, own) => [`blocks.${block}`, module, own].filter(Boolean).join('.')
const numbered: Paths = (block, module, own) => `node_linear_${block}${module}${own}`

/** One attention and one MLP with norms before them; a scale on the MLP's branch. */
function block(graph: Graph, x: Value, at: number, path: Paths): Value {
  const normed = norm(graph, path(at, 'norm1', ''), x)
  const [queries, keys, values] = ['q', 'k', 'v'].map((own) =>
    dense(graph, path(at, 'attn', own), normed, WIDTH),
  ) as [Value, Value, Value]
  const attended = attendAt(graph, at, { queries, keys, values })
  const middle = graph
    .layer(path(at, '', 'add'))
    .add(x, dense(graph, path(at, 'attn', 'proj'), attended, WIDTH))
  const wide = dense(graph, path(at, 'mlp', 'fc1'), norm(graph, path(at, 'norm2', ''), middle), 16)
  const narrow = dense(graph, path(at, 'mlp', 'fc2'), graph.layer(path(at, 'mlp', 'act')).gelu(wide), WIDTH)
  const scale = graph.ops.parameter(`scale${at}`, [WIDTH], 'other')
  return graph.layer(path(at, '', 'add2')).add(middle, graph.layer(path(at, '', 'scale')).mul(narrow, scale))
}

/** `plain` names its layers itself: here each block has its own. */
function attendAt(graph: Graph, at: number, of: { queries: Value; keys: Value; values: Value }): Value {
  const renamed = { ...graph, layer: (layer: string) => graph.layer(`${layer}${at}`) } as Graph
  return plain({ graph: renamed, heads: 3, ...of })
}

interface Spelling {
  readonly path: Paths
  /** What the file says of its kernels. */
  readonly said?: Initializer
}

/** A vision transformer: patches, class token, positions, two blocks, norm, and a head on the class token. */
function transformer({ path, said }: Spelling): Model {
  const graph = createGraph()
  const { image, tokens } = patches(graph)
  const classToken = graph.ops.parameter('cls', [1, 1, WIDTH], 'other')
  const spread = graph.ops.expand(classToken, ['n', 1, WIDTH])
  const all = graph.layer('join').concat([spread, tokens], 1)
  const positions = graph.ops.reshape(graph.ops.parameter('pos', [9, WIDTH], 'other'), [1, 9, WIDTH])
  let x = graph.layer('add-positions').add(all, positions)
  for (const at of [0, 1]) x = block(graph, x, at, path)
  const first = graph.layer('take').slice(norm(graph, 'norm', x), { axes: [1], starts: [0], ends: [1] })
  const flat = graph.layer('flat').reshape(first, ['n', WIDTH])
  const kernel = graph.ops.parameter('head/kernel', [WIDTH, 5], 'kernel', said)
  const logits = graph.layer('head').gemm(flat, kernel, graph.ops.parameter('head/bias', [5], 'bias', said))
  return createModel({ name: 'vit', graph, image, logits, head: 'none' })
}

const parametersOf = (model: Model): ReadonlyMap<string, Operators['Parameter']> =>
  new Map(model.layers.flatMap(({ parameters }) => parameters.map((one) => [one.name, one] as const)))

const onesFor = (model: Model): Weights =>
  new Map(
    [...parametersOf(model).values()].map(({ name, shape }) => {
      const size = shape.reduce((product, side) => product * side, 1)
      return [name, tensor(new Float32Array(size).fill(3), shape)]
    }),
  )

describe('blocks of a transformer', () => {
  it('are its attentions and its MLPs, named by their modules', () => {
    const { blocks } = transformer({ path: byModule })
    expect(blocks.map(({ name }) => name)).toEqual([
      'patches',
      'prefix-tokens',
      'positions',
      'blocks.0.attn',
      'blocks.0.mlp',
      'blocks.1.attn',
      'blocks.1.mlp',
      'head',
    ])
  })

  it('are numbered by what they are where the file numbers operators', () => {
    const { blocks } = transformer({ path: numbered })
    expect(blocks.map(({ name }) => name)).toEqual([
      'patches',
      'prefix-tokens',
      'positions',
      'attention-0',
      'mlp-0',
      'attention-1',
      'mlp-1',
      'head',
    ])
  })

  it('take the layer norm in front of them along, and the last one the norm behind it', () => {
    const { blocks } = transformer({ path: byModule })
    const parametersAt = (name: string) =>
      blocks
        .find((one) => one.name === name)
        ?.layers.flatMap(({ parameters }) => parameters.map((one) => one.name))
    expect(parametersAt('blocks.0.attn')).toEqual(
      expect.arrayContaining(['blocks.0.norm1/gamma', 'blocks.0.attn.q/kernel']),
    )
    expect(parametersAt('blocks.0.mlp')).toEqual(
      expect.arrayContaining(['blocks.0.norm2/beta', 'blocks.0.mlp.fc2/bias']),
    )
    expect(parametersAt('blocks.0.mlp')).not.toContain('blocks.0.norm1/gamma')
    expect(parametersAt('blocks.1.mlp')).toEqual(expect.arrayContaining(['norm/gamma', 'scale1']))
  })
})

describe("a transformer's random weights", () => {
  const model = transformer({ path: byModule })
  const weights = resolveWeights(
    {
      kind: 'randomized',
      layers: model.layers.map(({ name }) => name),
      draw: 0,
      initializer: 'layer',
      batchNorm: 'keep',
    },
    { model, weights: onesFor(model) },
    { seed: 1 },
  )
  const values = (name: string) => Array.from(weights.get(name)!.data)
  const deviation = (name: string) =>
    Math.sqrt(values(name).reduce((sum, x) => sum + x * x, 0) / values(name).length)

  it('of linear layers, class token and positions are normal with deviation .02, cut at twice that', () => {
    const drawn = ['blocks.0.attn.q', 'blocks.1.mlp.fc1', 'blocks.1.mlp.fc2'].flatMap((name) =>
      values(`${name}/kernel`),
    )
    const all = [...drawn, ...values('cls'), ...values('pos'), ...values('head/kernel')]
    expect(Math.max(...all.map(Math.abs))).toBeLessThanOrEqual(0.04)
    // A normal cut at ±2 has .88 of its deviation.
    const spread = Math.sqrt(all.reduce((sum, x) => sum + x * x, 0) / all.length)
    expect(spread).toBeGreaterThan(0.016)
    expect(spread).toBeLessThan(0.0192)
    for (const name of ['cls', 'pos']) expect(deviation(name)).toBeGreaterThan(0.008)
  })

  it('are zero for biases and shifts, one for the scales of layer norms', () => {
    for (const name of [
      'blocks.0.attn.q/bias',
      'blocks.1.mlp.fc1/bias',
      'head/bias',
      'norm/beta',
      'blocks.0.norm1/beta',
    ])
      expect(values(name).every((value) => value === 0)).toBe(true)
    for (const name of ['norm/gamma', 'blocks.1.norm2/gamma'])
      expect(values(name).every((value) => value === 1)).toBe(true)
  })

  it('are as in any other network for the convolution of the patches and what scales a branch', () => {
    // He et al. 2015: √(2 / 12 inputs)
    expect(deviation('patches/kernel')).toBeGreaterThan(0.3)
    expect(deviation('scale1')).toBeGreaterThan(1)
  })

  it('are what the file says, where it says anything', () => {
    const said: Initializer = { name: 'constant', value: 0.7 }
    const kernel = (given: Initializer) =>
      parametersOf(transformer({ path: byModule, said: given })).get('head/kernel')
    expect(kernel(said)?.initializer).toEqual(said)
    expect(kernel({ ...said, assumed: true })?.initializer).toEqual({ name: 'truncated-normal', value: 0.02 })
  })
})
