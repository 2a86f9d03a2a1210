import {
  createGraph,
  createModel,
  createRandom,
  tensor,
  type FloatTensor,
  type LoadedModel,
} from '@saliency/core'
import { buildTiny, describeMethod, explainWith, oneHot, seededImages, tinyNetwork } from '@saliency/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gradcampp, spatialLayers, targetLayer } from '../src/index.ts'

describeMethod(gradcampp, { refuses: { dot: 'INVALID_OPTION', 'dense-only': 'INVALID_OPTION' } })

/** Features A = ReLU(image) of the given shape, a head of one dense layer, with or without global average pooling. */
function head(
  shape: readonly [number, number, number],
  classes: number,
  kernel: number[],
  pool = false,
): LoadedModel {
  const graph = createGraph()
  const A = graph.layer('relu').relu(graph.ops.input('image', ['n', ...shape]))
  const features = graph.layer('flatten').flatten(pool ? graph.layer('pool').globalAveragePool(A) : A)
  const size = kernel.length / classes
  const logits = graph
    .layer('dense')
    .gemm(features, graph.layer('dense').parameter('kernel', [size, classes], 'kernel'))
  const image = graph.nodes[0]?.outputs[0]
  if (!image) throw new Error('internal: the graph has no input')
  return {
    model: createModel({ name: 'head', graph, image, logits, head: 'none' }),
    weights: new Map([['kernel', tensor(Float32Array.from(kernel), [size, classes])]]),
  }
}

describe('by hand', () => {
  // One channel, A = 1 2 0 1, and y = g · A with g = 2 −4 6 0. Z = 4, ΣA = 4.
  //   mean g = 1, mean ReLU(g) = 2, mean |g| = 3, mean ReLU(−g) = 1
  //   g·A = 2 −8 0 0, so XGrad-CAM's weight is −6/4 and its map empty
  //   α(g) = g²/(2g² + 4g³): α(2) = 4/40 = 13/130, α(6) = 36/936 = 5/130, α(|−4|) = 16/288 = 1/18
  //   official: (13·2 + 5·6)/(13 + 5) = 28/9; unnormalised: 13·2/130 + 5·6/130 = 56/130
  //   signed: (2·234 + 6·90 − 4·130)/(234 + 90 + 130) = 488/454, over the common denominator 2340
  const times = (weight: number) => [1, 2, 0, 1].map((A) => weight * A)
  const expected: Readonly<Record<string, readonly number[]>> = {
    gradcam: times(1),
    'gradcam-no-relu': times(1),
    'gradcam-plus': times(2),
    'gradcam-plus-channel': times(1),
    'gradcam-absolute': times(3),
    'gradcam-negative': times(1),
    xgradcam: times(0),
    hirescam: [2, 0, 0, 0],
    'hirescam-no-relu': [2, -8, 0, 0],
    layercam: [2, 0, 0, 0],
    gradcampp: times(28 / 9),
    'gradcampp-unnormalised': times(56 / 130),
    'gradcampp-signed': times(488 / 454),
  }

  it.each(Object.entries(expected))('%s', async (variant, values) => {
    const network = head([1, 2, 2], 1, [2, -4, 6, 0])
    const inputs = tensor(Float32Array.of(1, 2, -3, 1), [1, 1, 2, 2])
    const direction = tensor(Float32Array.of(1), [1, 1])
    const maps = await explainWith({
      ...network,
      method: gradcampp,
      variants: [variant],
      inputs,
      direction,
    })
    expect(maps.get(variant)).toBeCloseToMap(tensor(Float32Array.from(values), [1, 1, 2, 2]), 1e-6)
  })
})

const scaled = ({ data, shape }: FloatTensor, factor: number) =>
  tensor(
    data.map((value) => value * factor),
    shape,
  )
const pooled = fc.constantFrom('skip', 'batch-norm', 'shared-activation', 'concat', 'depthwise')
const anySeed = fc.integer({ min: 1, max: 10_000 })

/** All maps of one image of a tiny network. */
async function mapsOf(
  name: string,
  seed: number,
  factor = 1,
  options = {},
): Promise<(variant: string) => FloatTensor> {
  const { model, weights } = tinyNetwork(name, { seed })
  const inputs = seededImages(model, 1, seed)
  const maps = await explainWith({
    model,
    weights,
    method: gradcampp,
    inputs,
    options,
    direction: oneHot(model, [2], factor),
  })
  return (variant) => maps.get(variant) as FloatTensor
}

describe('identities', () => {
  it('behind global average pooling, where g is constant over space', async () => {
    await fc.assert(
      fc.asyncProperty(pooled, anySeed, async (name, seed) => {
        const map = await mapsOf(name, seed)
        expect(map('hirescam-no-relu')).toBeCloseToMap(map('gradcam-no-relu'), 1e-5)
        expect(map('gradcam-plus')).toBeCloseToMap(map('gradcam-plus-channel'), 1e-5)
        expect(map('layercam')).toBeCloseToMap(map('gradcam-plus'), 1e-5)
        expect(map('gradcampp')).toBeCloseToMap(map('gradcam-plus'), 1e-5)
        expect(map('xgradcam')).toBeCloseToMap(map('gradcam'), 1e-4)
      }),
      { numRuns: 30, seed: 5 },
    )
  })

  it('positive weights on positive features need no final ReLU', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('conv-pool', 'one-relu', 'skip'), anySeed, async (name, seed) => {
        const layer = name === 'skip' ? 'relu3' : name === 'one-relu' ? 'relu' : 'relu2'
        const rectified = await mapsOf(name, seed, 1, { layer })
        const open = await mapsOf(name, seed, 1, { layer, finalRelu: false })
        for (const variant of [
          'gradcam-plus',
          'gradcam-plus-channel',
          'gradcampp',
          'layercam',
          'gradcam-absolute',
        ]) {
          expect(open(variant).data).toEqual(rectified(variant).data)
        }
      }),
      { numRuns: 30, seed: 5 },
    )
  })

  it('scaling the logit scales the map, except where alpha depends on the scale of g', async () => {
    await fc.assert(
      // Powers of two, which round nothing: every value of the map is exactly that much larger.
      fc.asyncProperty(anySeed, fc.constantFrom(2, 4, 8), async (seed, factor) => {
        const [one, more] = [await mapsOf('conv-pool', seed), await mapsOf('conv-pool', seed, factor)]
        for (const variant of [
          'gradcam',
          'gradcam-plus',
          'gradcam-absolute',
          'xgradcam',
          'hirescam',
          'layercam',
        ]) {
          expect(more(variant).data, variant).toEqual(scaled(one(variant), factor).data)
        }
        for (const variant of ['gradcampp', 'gradcampp-unnormalised']) {
          expect(more(variant), variant).not.toBeCloseToMap(scaled(one(variant), factor), 1e-3)
        }
      }),
      { numRuns: 30, seed: 5 },
    )
  })

  it('positive weights make the maps of two classes alike: 512 random channels behind global average pooling', async () => {
    // Weights i.i.d. normal, features rectified noise: the expected cosine of positive maps nears 1 with many channels.
    const random = createRandom('512 channels')
    const network = head(
      [512, 14, 14],
      2,
      Array.from({ length: 1024 }, () => random.normal()),
      true,
    )
    const values = Float32Array.from({ length: 2 * 512 * 196 }, () => random.normal())
    values.copyWithin(512 * 196, 0, 512 * 196)
    const inputs = tensor(values, [2, 512, 14, 14])
    const maps = await explainWith({
      ...network,
      method: gradcampp,
      variants: ['gradcam-no-relu', 'gradcam-plus'],
      inputs,
      direction: oneHot(network.model, [0, 1]),
    })
    const cosine = (variant: string) => {
      const { data } = maps.get(variant) as FloatTensor
      const [a, b] = [data.subarray(0, 196), data.subarray(196)]
      const dot = (x: Float32Array, y: Float32Array) =>
        x.reduce((sum, value, at) => sum + value * Number(y[at]), 0)
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
    }
    expect(cosine('gradcam-plus')).toBeGreaterThan(0.97)
    expect(Math.abs(cosine('gradcam-no-relu'))).toBeLessThan(0.9)
  })
})

describe('target layer', () => {
  const { model } = tinyNetwork('conv-pool')

  it('is the last spatial activation unless named or counted', () => {
    expect(targetLayer(model, '')).toBe(model.target.layer)
    expect(targetLayer(model, 'relu1').name).toBe('relu1')
    expect(targetLayer(model, '0')).toBe(model.layers[0])
    const last = spatialLayers(model).at(-1)
    expect(
      targetLayer(model, String(model.layers.findIndex((layer) => layer === last) - model.layers.length)),
    ).toBe(last)
  })

  it('takes a number for a name where a layer has it', () => {
    const numbered = buildTiny('numbered', ({ conv, relu, dense, flatten }, image) =>
      dense('logits', flatten('flatten', relu('0', conv('conv', image, 4))), 5),
    )
    expect(targetLayer(numbered, '0').name).toBe('0')
    expect(targetLayer(numbered, '-3').name).toBe('0')
    expect(numbered.layers[0]?.name).not.toBe('0')
  })

  it('is the activation before the last pool, as in the papers for VGG', () => {
    const vgg = buildTiny('vgg', ({ conv, relu, maxPool, dense, flatten }, image) =>
      dense('logits', flatten('flatten', maxPool('pool', relu('relu', conv('conv', image, 4)))), 5),
    )
    expect(vgg.target.layer?.name).toBe('relu')
    expect(targetLayer(vgg, '').name).toBe('relu')
  })

  it('lists the feature maps there are, in execution order', () => {
    expect(spatialLayers(model).map(({ name }) => name)).toEqual([
      'conv1',
      'relu1',
      'pool1',
      'conv2',
      'relu2',
    ])
  })

  it.each([
    ['flatten', 'INVALID_OPTION', 'conv1, relu1, pool1, conv2, relu2'],
    ['rleu1', 'UNKNOWN_LAYER', 'relu1'],
    ['99', 'UNKNOWN_LAYER', '99'],
  ])('%s is refused with what would do', (name, code, hint) => {
    expect(() => targetLayer(model, name)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(hint) as string }) as Error,
    )
  })
})
