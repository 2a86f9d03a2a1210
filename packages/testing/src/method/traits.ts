import { resolveVariant, tensor, type FloatTensor, type Method } from '@saliency/core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MethodSettings } from './settings.ts'
import { explainWith } from '../explain-with.ts'
import { logitsOf } from '../logits-of.ts'
import { oneHot } from '../seeded-weights.ts'
import { alone, negated, networksOf, type Bench, type Benches } from './bench.ts'

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0)

/** What the walk starts from for each image: 1, or the explained logit. */
async function startOf({ network, request }: Bench, start: 'one-hot' | 'logit'): Promise<number[]> {
  const [n, k] = request.direction.shape as [number, number]
  const logits = await logitsOf(network, request.inputs)
  return Array.from({ length: n }, (_, image) => {
    const row = request.direction.data.subarray(image * k, (image + 1) * k)
    return sum(
      row.map((factor, index) => factor * (start === 'logit' ? Number(logits.data[image * k + index]) : 1)),
    )
  })
}

/** Checks that every promise a variant makes is kept. */
export function describeTraits(method: Method, settings: MethodSettings, benches: Benches): void {
  const networks = networksOf(settings)
  const promising = (trait: 'odd' | 'nonnegative' | 'conserves' | 'classBlind') =>
    Object.keys(method.variants).filter((name) => resolveVariant(method, name).traits[trait])

  describe.runIf(promising('odd').length > 0).each(networks)('odd on %s', (name) => {
    let bench: Bench
    let opposite: ReadonlyMap<string, FloatTensor>
    beforeAll(async () => {
      bench = await benches(name)
      opposite = await explainWith({ ...bench.request, direction: negated(bench.request.direction) })
    })
    it.each(promising('odd'))('%s of −y is minus that of y', (variant) => {
      expect(opposite.get(variant)).toBeCloseToMap(negated(bench.pair.get(variant) as FloatTensor))
    })
  })

  describe.runIf(promising('nonnegative').length > 0).each(networks)('nonnegative on %s', (name) => {
    it.each(promising('nonnegative'))('%s has no negative value', async (variant) => {
      const { pair } = await benches(name)
      expect(pair.get(variant)?.data.every((value) => value >= 0)).toBe(true)
    })
  })

  describe.runIf(promising('classBlind').length > 0).each(networks)('class-blind on %s', (name) => {
    it.each(promising('classBlind'))('%s is the same for another class, to the last bit', async (variant) => {
      const { pair, request } = await benches(name)
      const others = await explainWith({ ...request, direction: oneHot(request.model, [0, 4]) })
      expect(others.get(variant)?.data).toEqual(pair.get(variant)?.data)
    })
  })

  const conserving = settings.conservingNetworks ?? networks
  describe.runIf(promising('conserves').length > 0).each(conserving)(
    'conserving on %s without biases',
    (name) => {
      it.each(promising('conserves'))('%s sums to the start', async (variant) => {
        const bench = await benches(name, false)
        const start = await startOf(bench, resolveVariant(method, variant).traits.start ?? 'one-hot')
        for (const [image, expected] of start.entries()) {
          const maps = await explainWith(alone(bench.request, image))
          const map = maps.get(variant) ?? tensor(new Float32Array(), [0])
          expect(Math.abs(sum(map.data) - expected)).toBeLessThanOrEqual(
            1e-3 * Math.max(1, Math.abs(expected)),
          )
        }
      })
    },
  )
}
