import { describe, expect, it } from 'vitest'
import { createRandom, type KeyedRow, mergeRows, sortRows } from '../src/index.ts'

const row = (variant: string, image = 'a', rest: Partial<KeyedRow> = {}): KeyedRow => ({
  variant,
  image,
  condition: 'original',
  metric: 'spearman',
  value: 1,
  status: 'ok',
  protocol: {},
  ...rest,
})

/** In order: by variant, image, other image, metric and protocol; a row without another image comes first. */
const ordered = [
  row('m/a'),
  row('m/a', 'a', { metric: 'ssim' }),
  row('m/a', 'a', { other: 'b' }),
  row('m/a', 'b', { protocol: { draw: 0 } }),
  row('m/a', 'b', { protocol: { draw: 1 } }),
  row('m/b'),
]

describe('rows', () => {
  it('are sorted by what identifies them, whatever their order was', () => {
    for (let round = 0; round < 20; round++)
      expect(sortRows(createRandom('rows', round).shuffle(ordered))).toEqual(ordered)
    expect(sortRows(ordered)).toBe(ordered)
  })

  it('are sorted by check first, and by variants as they are listed, strangers last', () => {
    const given = ['x', 'm/c', 'm/a', 'w', 'm/b'].map((variant) => row(variant))
    const variants = (rows: readonly KeyedRow[]) => rows.map(({ variant }) => variant)
    expect(variants(sortRows(given, ['m/b', 'm/a', 'm/c']))).toEqual(['m/b', 'm/a', 'm/c', 'w', 'x'])
    const checks = [row('m/b', 'a', { check: 'one' }), row('m/a', 'a', { check: 'two' })]
    expect(sortRows(checks.toReversed(), ['m/a', 'm/b'])).toEqual(checks)
    // More variants than one digit counts.
    const many = Array.from({ length: 12 }, (_, i) => `v/${11 - i}`)
    expect(
      variants(
        sortRows(
          many.toSorted().map((id) => row(id)),
          many,
        ),
      ),
    ).toEqual(many)
  })

  it('that are the same but for their values are merged: the last one counts', () => {
    const rows = [row('m/b'), row('m/a', 'a', { value: 2 }), row('m/b', 'a', { value: 3 })]
    expect(mergeRows(rows).map(({ variant, value }) => [variant, value])).toEqual([
      ['m/a', 2],
      ['m/b', 3],
    ])
  })
})
