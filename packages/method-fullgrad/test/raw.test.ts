import { backward, directionInput, type FloatTensor, type LoadedModel } from '@saliency/core'
import {
  buildTiny,
  explainWith,
  logitsOf,
  oneHot,
  runOnce,
  seededImages,
  seededWeights,
  tinyNetwork,
  tinyNetworkNames,
} from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { contributions, fullgrad } from '../src/index.ts'
import { placed } from '../src/placed.ts'

const total = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0)

/** The sum of each image's map, of the terms without a place in it, and the logit. */
async function sidesOf({ model, weights }: LoadedModel, inputs: FloatTensor, classes: readonly number[]) {
  const { ops } = model.graph
  const direction = oneHot(model, classes)
  const maps = await explainWith({
    model,
    weights,
    method: fullgrad,
    variants: ['fullgrad-raw'],
    inputs,
    direction,
  })
  const terms = contributions({
    model,
    ops,
    backward: (request = {}) =>
      backward({ from: model.logits, start: directionInput(model), until: model.image, ...request }),
    options: { gradient: 'signed', bias: true },
  })
  const placeless = terms
    .filter((term) => placed(model, term) === undefined)
    .map(({ value }) => ops.reduceSum(ops.flatten(value), { axes: [1] }))
  const rest = placeless.reduce((sum, term) => ops.add(sum, term))
  const { data } = (await runOnce({ rest }, weights, { image: inputs, direction })).rest as FloatTensor
  const logits = await logitsOf({ model, weights }, inputs)
  const map = maps.get('fullgrad-raw') as FloatTensor
  const size = map.data.length / classes.length
  return classes.map((target, row) => ({
    map: total(map.data.subarray(row * size, (row + 1) * size)),
    rest: data[row] as number,
    logit: logits.data[row * Number(model.logits.shape[1]) + target] as number,
  }))
}

describe('the raw map and what has no place in it sum to the logit', () => {
  it.each(tinyNetworkNames)('%s', async (name) => {
    const network = tinyNetwork(name, { seed: 6 })
    for (const { map, rest, logit } of await sidesOf(network, seededImages(network.model, 2), [1, 4])) {
      expect(map + rest).toBeCloseTo(logit, 4)
    }
  })

  // 8×8 images: layers of 3×3, of 20×12, and of 5×16, which is larger along one axis alone.
  it.each([
    [3, 3],
    [20, 12],
    [5, 16],
    [1, 1],
  ] as const)('a layer of %i×%i', async (height, width) => {
    const model = buildTiny('resized', ({ conv, relu, dense, flatten, globalAverage }, image, graph) => {
      const first = relu('relu1', conv('conv1', image, 4))
      const other = graph
        .layer('resize')
        .resize(first, [height, width], { mode: 'nearest', coordinates: 'asymmetric' })
      return dense(
        'logits',
        flatten('flatten', globalAverage('pool', relu('relu2', conv('conv2', other, 4)))),
        5,
      )
    })
    const weights = seededWeights(model, { seed: 7, biases: true })
    for (const { map, rest, logit } of await sidesOf({ model, weights }, seededImages(model, 2), [0, 3])) {
      expect(map + rest).toBeCloseTo(logit, 4)
    }
  })
})
