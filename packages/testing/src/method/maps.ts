import { resolveVariant, type FloatTensor, type Method } from '@saliency/core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MethodSettings } from './settings.ts'
import { explainWith } from '../explain-with.ts'
import { mapError } from '../map-error.ts'
import { rowOf } from '../rows.ts'
import { alone, networksOf, type Bench, type Benches } from './bench.ts'

/** `[n, c, h, w]` of the image or one channel of it, or `[n, 1, h', w']`, as the trait says. */
function expectShape(map: FloatTensor, resolution: 'input' | 'layer', { request }: Bench): void {
  const [n, c, h, w] = request.inputs.shape
  const [count, channels, ...size] = map.shape
  expect(count).toBe(n)
  expect(resolution === 'input' ? [1, c] : [1]).toContain(channels)
  if (resolution === 'input') expect(size).toEqual([h, w])
  else expect(size).toHaveLength(2)
}

/** Checks the maps of every variant on every network. */
export function describeMaps(method: Method, settings: MethodSettings, benches: Benches): void {
  const names = Object.keys(method.variants)
  const toleranceOf = (variant: string) =>
    settings.tolerance ?? (resolveVariant(method, variant).traits.dividesTotals ? 1e-3 : 1e-5)

  describe.each(networksOf(settings))('on %s', (name) => {
    let bench: Bench
    beforeAll(async () => {
      bench = await benches(name)
    })

    it('returns finite maps of the shape that the trait says', () => {
      for (const variant of names) {
        const map = bench.pair.get(variant) as FloatTensor
        expectShape(map, resolveVariant(method, variant).traits.resolution, bench)
        expect(map.data.every(Number.isFinite), `${variant} is finite`).toBe(true)
      }
    })

    it('gives the same maps again', async () => {
      const again = await explainWith(bench.request)
      for (const variant of names) expect(again.get(variant)?.data).toEqual(bench.pair.get(variant)?.data)
    })

    it('treats two images as two batches of one', async () => {
      for (const image of [0, 1]) {
        const single = await explainWith(alone(bench.request, image))
        for (const variant of names) {
          const expected = rowOf(bench.pair.get(variant) as FloatTensor, image)
          expect(single.get(variant), variant).toBeCloseToMap(expected, toleranceOf(variant))
        }
      }
    })
  })

  it.each(names.filter((name) => method.variants[name]?.counterpart?.includes('/') === false))(
    '%s is not its counterpart: its rule engages somewhere',
    async (variant) => {
      const counterpart = method.variants[variant]?.counterpart as string
      for (const network of networksOf(settings)) {
        const { pair } = await benches(network)
        const [own, other] = [variant, counterpart].map((name) => pair.get(name) as FloatTensor)
        if (Math.max(...mapError(own as FloatTensor, other as FloatTensor).largest) > 1e-3) return
      }
      expect.fail(`${variant} and ${counterpart} are the same on every network`)
    },
  )
}
