import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Check,
  type CheckImage,
  type Condition,
  createRandom,
  originalWeights,
  sortRows,
} from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { directionsFor } from '@saliency/explain'
import { assertLabels } from '../src/labels.ts'
import { parseMemory } from '../src/memory.ts'
import { planWork, scoredConditions } from '../src/plan.ts'
import type { StudyRow } from '../src/store/rows.ts'
import { encodeRows } from '../src/node/encode-rows.ts'
import { folderStore } from '../src/node/folder-store.ts'
import { getSound } from '../src/store/run-store.ts'
import { putUnit, storedRows } from '../src/store/units.ts'
import { isSealed } from '../src/node/seal.ts'
import { differences } from '../src/store/differences.ts'
import { targetClass } from '../src/targets.ts'
import { residual, temporaryFolder } from './small-study.ts'

const image = (id: string, values: readonly number[], label?: number): CheckImage => ({
  id,
  input: Float32Array.from(values),
  ...(label !== undefined && { label }),
})
describe('targets', () => {
  const original = Float32Array.of(0.1, 3, -1, 2)
  const context = { image: image('x', [], 2), original, seed: 1 }

  it('go by rank, label, class, or the prediction under the condition', () => {
    const ranks = [0, 1, -1].map((rank) => targetClass({ policy: 'rank', rank }, context))
    expect(ranks).toEqual([1, 3, 2])
    expect(targetClass({ policy: 'label' }, context)).toBe(2)
    expect(targetClass({ policy: 'class', index: 0 }, context)).toBe(0)
    expect(targetClass({ policy: 'argmax' }, { ...context, own: Float32Array.of(9, 0, 0, 0) })).toBe(0)
    expect(() => targetClass({ policy: 'class', index: 4 }, context)).toThrow(/4 classes/)
  })

  it('never draw the predicted class as another one, and draw every other', () => {
    const drawn = Array.from({ length: 200 }, (_, draw) => targetClass({ policy: 'uniform', draw }, context))
    expect(new Set(drawn)).toEqual(new Set([0, 2, 3]))
  })

  it('start from one, or from one less its mean', () => {
    expect([...directionsFor([1], 4).data]).toEqual([0, 1, 0, 0])
    expect([...directionsFor([1], 4, 'centred').data]).toEqual([-0.25, 0.75, -0.25, -0.25])
  })
})

describe('a plan', () => {
  const original: Condition = {
    id: 'a',
    weights: originalWeights,
    target: { policy: 'rank', rank: 0 },
    input: { kind: 'original' },
  }
  const random: Condition = {
    ...original,
    id: 'b',
    weights: { kind: 'randomized', layers: ['x'], draw: 0, initializer: 'layer', batchNorm: 'keep' },
  }
  const check = (id: string, conditions: Condition[]): Check => ({
    contract: 1,
    id,
    title: id,
    references: [],
    options: {},
    conditions: () => conditions,
    score: async () => [],
    summarise: () => ({ findings: [] }),
  })

  it('computes what several checks ask for once, the original weights first, in units of groups', async () => {
    const { model } = await residual()
    const checks = [check('one', [random, original]), check('two', [{ ...original, id: 'other name' }])].map(
      (one) => ({ check: one, options: {} }),
    )
    const plan = planWork({ model, images: 25, checks, groupsPerUnit: 3 })
    expect(plan.groups).toBe(4)
    expect(plan.states.map(({ weights, conditions }) => [weights.kind, conditions.length])).toEqual([
      ['original', 1],
      ['randomized', 1],
    ])
    expect(plan.units.map(({ id, from, to }) => [id, from, to])).toEqual([
      ['s0000-g0000', 0, 3],
      ['s0000-g0003', 3, 4],
      ['s0001-g0000', 0, 3],
      ['s0001-g0003', 3, 4],
    ])
    const scored = plan.states.map((state) =>
      plan.checks.map((one) => scoredConditions(one, state).map(({ id }) => id)),
    )
    expect(scored).toEqual([
      [['a'], ['other name']],
      [['a', 'b'], []],
    ])
  })

  it('that explains labels wants one of every image, and a class of the model', () => {
    const labelled = { ...original, target: { policy: 'label' } } as const
    const checks = [{ check: check('pointing', [labelled]), options: {}, conditions: [labelled] }]
    const record = (id: string, label?: number) => ({
      id,
      maskCount: 0,
      ...(label !== undefined && { label }),
    })
    expect(() => assertLabels([record('a', 3)], checks, 4)).not.toThrow()
    expect(() => assertLabels([record('a', 3), record('b', 4)], checks, 4)).toThrow(
      'b is labelled with class 4, but the model has 4 classes, 0 to 3',
    )
    expect(() => assertLabels([record('a'), record('b')], checks, 4)).toThrow(
      /^pointing: .* a \(and 1 more images\)/,
    )
    const predicted = [{ check: check('other', [original]), options: {}, conditions: [original] }]
    expect(() => assertLabels([record('a')], predicted, 4)).not.toThrow()
  })

  it('reads sizes of memory', () => {
    expect(['2GiB', '800M', '1.5 kB', '77'].map(parseMemory)).toEqual([2 ** 31, 800 * 2 ** 20, 1536, 77])
  })

  it('names every leaf in which two studies differ', () => {
    expect(differences({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 3] }, a: 1, d: 'x' })).toEqual([
      'b.c.1: 2 → 3',
      'd: nothing → "x"',
    ])
  })

  it('says of lists of things with ids what came and went', () => {
    const list = (...ids: string[]) => ids.map((id) => ({ id, title: id.toUpperCase() }))
    const renamed = [{ id: 'a', title: 'other' }, ...list('b')]
    expect(differences({ v: list('a', 'b', 'c') }, { v: list('d', 'b', 'a', 'e') })).toEqual([
      'v: without c',
      'v: with d, e',
      'v: in another order',
    ])
    expect(differences(list('a', 'b'), renamed, 'v')).toEqual(['v.a.title: "A" → "other"'])
    // What an id does not tell apart is compared place by place.
    expect(differences([...list('a'), ...list('a')], [...renamed.slice(0, 1), ...list('a')], 'v')).toEqual([
      'v.0.title: "A" → "other"',
    ])
  })
})

describe('rows', () => {
  const row: StudyRow = {
    run: 'r',
    model: 'm',
    check: 'c',
    variant: 'v/w',
    condition: 'k',
    image: 'i',
    metric: 'spearman',
    value: 0.1 + 0.2,
    status: 'ok',
    protocol: { draw: 1, target: 'label' },
  }
  const missing: StudyRow = {
    ...row,
    image: 'j',
    other: 'i',
    value: null,
    status: 'undefined',
    note: 'constant',
  }

  it('come back from their file bit by bit, sorted by key', async () => {
    const store = folderStore(temporaryFolder())
    await putUnit(store, 'unit', [missing, row], { lost: new Map() })
    expect(await (await store.get('unit', 'unit'))?.rows()).toEqual([row, missing])
  })

  /** `count` rows whose every column has `distinct` texts, in two unit files that share a row. */
  async function readBack(count: number, distinct: number) {
    const random = createRandom('rows', count)
    const text = () => `${random.integer(1, distinct)}`
    const rows = Array.from({ length: count }, (): StudyRow => {
      const key = {
        check: text(),
        variant: text(),
        condition: text(),
        image: text(),
        other: text(),
        metric: text(),
      }
      return { ...row, ...key, protocol: { draw: text() } }
    })
    const store = folderStore(temporaryFolder())
    await putUnit(store, 'a', rows.slice(0, count / 2), { lost: new Map() })
    await putUnit(store, 'b', rows.slice(count / 2 - 1), { lost: new Map() })
    return { read: await storedRows(store), sorted: sortRows(rows) }
  }

  it('of all files are in the order of their keys, one of each, by number as by text', async () => {
    const few = await readBack(40, 3)
    expect(few.read).toEqual(few.sorted)
    // Seven columns of some 260 texts each are more keys than a number can tell apart.
    const many = await readBack(400, 2000)
    expect(many.read).toEqual(many.sorted)
  })

  it('of a damaged file are an error that says what to do', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'units'))
    writeFileSync(join(folder, 'units', 'unit.parquet'), 'PAR1 and nothing else')
    const store = folderStore(folder)
    await expect(store.get('unit', 'unit')).rejects.toThrow(/is damaged: .*Repeat the `saliency run` command/)
    expect(await getSound(store, 'unit', 'unit')).toBeUndefined()
  })

  it('of a file of which any byte changed are noticed', () => {
    const bytes = Buffer.from(encodeRows([missing, row]))
    expect(isSealed(bytes)).toBe(true)
    for (let place = 0; place < bytes.length; place += 1) {
      const bit = 1 << (place % 8)
      bytes[place] = (bytes[place] as number) ^ bit
      if (isSealed(bytes)) expect.fail(`byte ${place} of ${bytes.length} may change`)
      bytes[place] = (bytes[place] as number) ^ bit
    }
    for (const length of [0, 4, 100, bytes.length - 1])
      expect(isSealed(bytes.subarray(0, length))).toBe(false)
    expect(isSealed(Buffer.concat([bytes, bytes]))).toBe(false)
  })
})
