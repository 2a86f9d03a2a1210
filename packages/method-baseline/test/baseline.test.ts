import { createGraph, createModel, tensor, type FloatTensor, type LoadedModel } from '@saliency/core'
import { describeMethod, explainWith, logitsOf, oneHot, seededImages, tinyNetwork } from '@saliency/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baseline, integratedGradients, occlusion, smoothgrad } from '../src/index.ts'
import { gradient } from './gradient.ts'

const methods = [gradient]
const networks = ['one-relu', 'conv-pool', 'depthwise', 'dense-only']

describeMethod(baseline)
describeMethod(smoothgrad, { methods, networks })
describeMethod(integratedGradients, { methods, networks })
describeMethod(occlusion, { networks })

/** y = w · x on a one-channel image. */
function linear(size: number, kernel: readonly number[]): LoadedModel {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 1, size, size])
  const flat = graph.layer('flatten').flatten(image)
  const logits = graph
    .layer('dense')
    .gemm(flat, graph.layer('dense').parameter('kernel', [size * size, 1], 'kernel'))
  return {
    model: createModel({ name: 'linear', graph, image, logits, head: 'none' }),
    weights: new Map([['kernel', tensor(Float32Array.from(kernel), [size * size, 1])]]),
  }
}

const one = tensor(Float32Array.of(1), [1, 1])
const plane = (values: readonly number[]) => {
  const size = Math.sqrt(values.length)
  return tensor(Float32Array.from(values), [1, 1, size, size])
}

describe('by hand', () => {
  it('input × gradient of y = 2a − b + 3c at 1 2 −1 5 is 2 −2 −3 0', async () => {
    const network = linear(2, [2, -1, 3, 0])
    const inputs = plane([1, 2, -1, 5])
    const request = { ...network, method: baseline, variants: ['input-x-gradient'], inputs, direction: one }
    const map = (await explainWith(request)).get('input-x-gradient')
    expect(map).toBeCloseToMap(plane([2, -2, -3, 0]))
  })

  it('edges of a vertical step: 4 times its height beside it, by the weights 1 2 1, and 0 elsewhere', async () => {
    const step = [0, 0, 5, 5]
    const request = {
      ...linear(
        4,
        Array.from({ length: 16 }, () => 1),
      ),
      method: baseline,
      variants: ['edges'],
      inputs: plane([...step, ...step, ...step, ...step]),
      direction: one,
    }
    const row = [0, 20, 20, 0]
    expect((await explainWith(request)).get('edges')).toBeCloseToMap(plane([...row, ...row, ...row, ...row]))
  })

  it('edges of one bright pixel: the kernels themselves', async () => {
    const zeros = Array.from({ length: 25 }, () => 0)
    const request = { ...linear(5, zeros), method: baseline, variants: ['edges'], direction: one }
    const map = (await explainWith({ ...request, inputs: plane(zeros.with(12, 1)) })).get('edges')
    const [corner, none] = [Math.SQRT2, [0, 0, 0, 0, 0]]
    const [outer, middle] = [
      [0, corner, 2, corner, 0],
      [0, 2, 0, 2, 0],
    ]
    expect(map).toBeCloseToMap(plane([...none, ...outer, ...middle, ...outer, ...none]))
  })

  it('centre of 3×3 at a width of a third: exp(−d²/2) at one pixel beside the middle', async () => {
    const network = linear(3, [1, 2, 3, 4, 5, 6, 7, 8, 9])
    const inputs = plane([1, 2, 3, 4, 5, 6, 7, 8, 9])
    const request = { ...network, method: baseline, variants: ['centre'], inputs, direction: one }
    const map = (await explainWith({ ...request, options: { width: 1 / 3 } })).get('centre')
    const [edge, corner] = [Math.exp(-1 / 2), Math.exp(-1)]
    expect(map).toBeCloseToMap(plane([corner, edge, corner, edge, 1, edge, corner, edge, corner]))
  })

  // y = Σ ReLU(x − b), x = 2 everywhere: on the path s · x the gradient is 1 where s > b/2 = 0.25 0.5 0.75 0.95.
  // Four points, the weights of those beyond each threshold added up, times x.
  it.each([
    ['riemann-left', [1, 1 / 2, 0, 0]], // 0 1/4 1/2 3/4
    ['riemann-middle', [3 / 2, 1, 1 / 2, 0]], // 1/8 3/8 5/8 7/8
    ['riemann-right', [3 / 2, 1, 1 / 2, 1 / 2]], // 1/4 1/2 3/4 1
    ['trapezoid', [5 / 3, 1, 1 / 3, 1 / 3]], // 0 1/3 2/3 1, weights 1/6 1/3 1/3 1/6
    ['captum-trapezoid', [5 / 4, 3 / 4, 1 / 4, 1 / 4]], // the same points, weights 1/8 1/4 1/4 1/8
    ['inclusive', [3 / 2, 1, 1 / 2, 1 / 2]], // the same points, weights 1/4
    ['gauss-legendre', [1.652145, 1, 0.347855, 0]], // 0.069 0.330 0.670 0.931, weights 0.174 0.326 0.326 0.174
  ])('integrated gradients with four points, %s', async (scheme, expected) => {
    const graph = createGraph()
    const image = graph.ops.input('image', ['n', 1, 2, 2])
    const ops = graph.layer('relu')
    const open = ops.relu(ops.sub(image, ops.constant([0.5, 1, 1.5, 1.9], [1, 1, 2, 2])))
    const dense = graph.layer('dense')
    const logits = dense.gemm(
      graph.layer('flatten').flatten(open),
      dense.parameter('kernel', [4, 1], 'kernel'),
    )
    const maps = await explainWith({
      model: createModel({ name: 'steps', graph, image, logits, head: 'none' }),
      weights: new Map([['kernel', tensor(Float32Array.of(1, 1, 1, 1), [4, 1])]]),
      method: integratedGradients,
      methods,
      variants: ['integrated-gradients'],
      options: { scheme, steps: 4 },
      inputs: plane([2, 2, 2, 2]),
      direction: one,
    })
    expect(maps.get('integrated-gradients')).toBeCloseToMap(plane(expected), 1e-5)
  })

  it("SmoothGrad's noise is a share of the image's range", async () => {
    // The map of one noisy copy, input × gradient of y = Σ x, is the copy itself.
    const noiseAt = async (x: readonly number[]) => {
      const maps = await explainWith({
        ...linear(2, [1, 1, 1, 1]),
        method: smoothgrad,
        methods: [gradient, baseline],
        variants: ['gradient'],
        options: { of: 'baseline/input-x-gradient', samples: 1, level: 0.5 },
        inputs: plane(x),
        direction: one,
      })
      return [...(maps.get('gradient')?.data ?? [])].map((value, at) => value - Number(x[at]))
    }
    const noise = await noiseAt([0, 1, 2, 4])
    expect(noise.every((value) => value !== 0)).toBe(true)
    const close = (factor: number) => noise.map((value) => expect.closeTo(factor * value, 5) as number)
    // Only the range counts: not where it lies, nor the values within.
    expect(await noiseAt([10, 14, 14, 10])).toEqual(close(1))
    expect(await noiseAt([-8, -8, -9, 0])).toEqual(close(9 / 4))
    expect(await noiseAt([3, 3, 3, 3])).toEqual([0, 0, 0, 0])
  })

  it('occlusion of y = Σ w x by patches of 2 every 1: the mean drop of the patches on a pixel', async () => {
    // x = 1 everywhere on 3×3, w = 1 … 9. A patch drops its weights: 1+2+4+5 = 12, 2+3+5+6 = 16, 24, 28.
    // Corners lie in one patch, edges in two, the middle in four: 12, (12+16)/2 = 14, 16; 18, 20, 22; 24, 26, 28.
    const request = {
      ...linear(3, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
      method: occlusion,
      options: { size: 2, stride: 1 },
      inputs: plane(Array.from({ length: 9 }, () => 1)),
      direction: one,
    }
    const map = (await explainWith(request)).get('occlusion')
    expect(map).toBeCloseToMap(plane([12, 14, 16, 18, 20, 22, 24, 26, 28]))
  })

  it('occlusion cuts patches off at the border, as Captum does', async () => {
    // w = x = 1 on 4×4, patches of 3 every 2: rows and columns 0–2 and 2–3, so drops of 9, 6, 6 and 4 pixels.
    // Row 2 and column 2 lie in two: (9+6)/2 = 7.5, (6+4)/2 = 5, and in the middle (9+6+6+4)/4 = 6.25.
    const ones = Array.from({ length: 16 }, () => 1)
    const map = await explainWith({
      ...linear(4, ones),
      method: occlusion,
      options: { size: 3, stride: 2 },
      inputs: plane(ones),
      direction: one,
    })
    expect(map.get('occlusion')).toBeCloseToMap(
      plane([9, 9, 7.5, 6, 9, 9, 7.5, 6, 7.5, 7.5, 6.25, 5, 6, 6, 5, 4]),
    )
  })

  it('occlusion refuses a stride that leaves pixels between patches', async () => {
    const ones = Array.from({ length: 16 }, () => 1)
    const options = { size: 1, stride: 2 }
    const request = { ...linear(4, ones), method: occlusion, options, inputs: plane(ones), direction: one }
    await expect(explainWith(request)).rejects.toThrow(/'stride' is 2, larger than the patch of 1/)
  })

  it('occlusion refuses a patch larger than the image', async () => {
    const request = {
      ...linear(
        3,
        Array.from({ length: 9 }, () => 1),
      ),
      method: occlusion,
      direction: one,
    }
    const wrong = explainWith({
      ...request,
      options: { size: 4 },
      inputs: plane(Array.from({ length: 9 }, () => 1)),
    })
    await expect(wrong).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining("'size'"),
    })
  })
})

/** All maps of one image of a tiny network. */
async function request(
  name: string,
  seed: number,
): Promise<LoadedModel & { inputs: FloatTensor; direction: FloatTensor }> {
  const { model, weights } = tinyNetwork(name, { seed })
  return { model, weights, inputs: seededImages(model, 1, seed), direction: oneHot(model, [2]) }
}

describe('identities', () => {
  const anySeed = fc.integer({ min: 1, max: 10_000 })

  it('SmoothGrad without noise is the map it wraps', async () => {
    const context = await request('conv-pool', 3)
    const smooth = await explainWith({
      ...context,
      method: smoothgrad,
      methods,
      options: { level: 0, samples: 4 },
    })
    const plain = await explainWith({ ...context, method: gradient })
    expect(smooth.get('gradient')).toBeCloseToMap(plain.get('gradient') as FloatTensor)
    expect(smooth.get('guided')).toBeCloseToMap(plain.get('guided') as FloatTensor)
  })

  it('SmoothGrad keeps the shape of the map it wraps; integrated gradients refuse one they cannot multiply', async () => {
    const context = { ...(await request('conv-pool', 3)), methods: [gradient, baseline] }
    const options = { of: 'baseline/edges', level: 0, samples: 2 }
    const smooth = await explainWith({ ...context, method: smoothgrad, variants: ['gradient'], options })
    const edges = await explainWith({ ...context, method: baseline, variants: ['edges'] })
    expect(smooth.get('gradient')).toBeCloseToMap(edges.get('edges') as FloatTensor)
    const wrong = explainWith({ ...context, method: integratedGradients, options: { of: 'baseline/edges' } })
    await expect(wrong).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('baseline/edges'),
    })
  })

  it('integrated gradients sum to f(x) − f(0), by every scheme that is a quadrature', async () => {
    const schemes = ['riemann-middle', 'riemann-left', 'riemann-right', 'trapezoid', 'gauss-legendre']
    await fc.assert(
      fc.asyncProperty(anySeed, fc.constantFrom(...schemes), async (seed, scheme) => {
        const context = await request('one-relu', seed)
        const options = { steps: 400, scheme }
        const variants = ['integrated-gradients']
        const maps = await explainWith({
          ...context,
          method: integratedGradients,
          methods,
          variants,
          options,
        })
        const sum = maps.get('integrated-gradients')?.data.reduce((total, value) => total + value, 0)
        const zeros = tensor(new Float32Array(context.inputs.data.length), context.inputs.shape)
        const [at, from] = [await logitsOf(context, context.inputs), await logitsOf(context, zeros)]
        expect(Math.abs(Number(sum) - (Number(at.data[2]) - Number(from.data[2])))).toBeLessThan(0.05)
      }),
      { numRuns: 20, seed: 13 },
    )
  })

  it('on a linear model, integrated gradients, occlusion pixel by pixel, and input × gradient agree', async () => {
    const context = await request('dot', 7)
    const expected = (await explainWith({ ...context, method: baseline })).get(
      'input-x-gradient',
    ) as FloatTensor
    const integrated = await explainWith({ ...context, method: integratedGradients, methods })
    expect(integrated.get('integrated-gradients')).toBeCloseToMap(expected, 1e-4)
    const occluded = await explainWith({ ...context, method: occlusion, options: { size: 1, stride: 1 } })
    const channels = ({ data }: FloatTensor) =>
      tensor(
        Float32Array.from({ length: 64 }, (_, at) => data[at]! + data[at + 64]! + data[at + 128]!),
        [1, 1, 8, 8],
      )
    expect(channels(occluded.get('occlusion') as FloatTensor)).toBeCloseToMap(channels(expected), 1e-4)
  })
})

describe('controls', () => {
  it('look at the image alone, at noise alone, or at nothing', async () => {
    const [a, b] = [await request('conv-pool', 1), await request('conv-pool', 2)]
    const maps = async (context: typeof a) => explainWith({ ...context, method: baseline })
    const [own, otherWeights, otherImage] = [
      await maps(a),
      await maps({ ...a, weights: b.weights, direction: oneHot(a.model, [4]) }),
      await maps({ ...a, inputs: b.inputs }),
    ]
    expect(otherWeights.get('edges')?.data).toEqual(own.get('edges')?.data)
    expect(otherImage.get('edges')?.data).not.toEqual(own.get('edges')?.data)
    for (const each of [otherWeights, otherImage])
      expect(each.get('centre')?.data).toEqual(own.get('centre')?.data)
    const another = await explainWith({ ...a, method: baseline, ids: ['another'] })
    expect(another.get('random')?.data).not.toEqual(own.get('random')?.data)
  })
})
