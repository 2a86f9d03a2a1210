import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeNpy, tensor } from '@saliency/core'
import { shapeImages } from '@saliency/zoo'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadModel } from '@saliency/toolkit'
import { readNpy } from './npy.ts'
import { saliency, temporaryFolder } from './project.ts'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  const { preprocess } = await loadModel('residual')
  const { pixels } = await shapeImages({ seed: 7, count: 1 }).load(0, preprocess)
  await sharp(Buffer.from(pixels), { raw: { height: 64, width: 64, channels: 3 } })
    .png()
    .toFile(at('one.png'))
})

const vector = (name: string, values: readonly number[], shape: readonly number[] = [values.length]) => {
  writeFileSync(at(name), encodeNpy(tensor(Float32Array.from(values), shape)))
  return at(name)
}

interface Entry {
  readonly target: number | string
  readonly targetName: string
  readonly file: string
}

let runs = 0

/** `saliency explain` of one picture by the gradient, which is linear in what it explains. */
function command(out: string, flags: readonly string[]) {
  const what = ['explain', at('one.png'), '--model', 'residual', '--method', 'guided/gradient']
  return saliency([...what, '--save-maps', '--out', out, ...flags])
}

/** The map, and what is said of it. */
async function gradient(...flags: string[]) {
  const folder = at(`out-${runs++}`)
  const { code, out } = await command(folder, flags)
  expect(code).toBe(0)
  const { maps, protocol } = JSON.parse(readFileSync(join(folder, 'maps.json'), 'utf8')) as {
    maps: Entry[]
    protocol: Record<string, unknown>
  }
  return { out, entry: maps[0], protocol, values: readNpy(join(folder, maps[0]?.file ?? '')).values }
}

const expectNear = (actual: Float32Array | undefined, expected: Float32Array) => {
  const size = Math.max(...expected.map(Math.abs))
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual?.[i] ?? NaN))), 0)
  expect(worst / size).toBeLessThan(1e-5)
}

describe('what is explained', () => {
  it('is one class against another, by their names or indices', async () => {
    const [star, disc, both, names] = [
      await gradient('--target', 'star'),
      await gradient('--target', '0'),
      await gradient('--target', '4-0'),
      await gradient('--target', 'star-disc'),
    ]
    expect(both.entry).toMatchObject({ target: '4-0', targetName: 'star − disc' })
    expect(both.protocol['target']).toBe('4-0')
    expectNear(
      both.values,
      star.values.map((value, i) => value - disc.values[i]!),
    )
    expect(names.values).toEqual(both.values)
    expect(names.entry?.target).toBe('4-0')
  })

  it('is several classes at once, or a direction over the outputs that a file holds', async () => {
    const both = await gradient('--target', '4+0')
    expect(both.entry).toMatchObject({ target: '4+0', targetName: 'star + disc' })
    const along = await gradient('--direction', vector('both.npy', [1, 0, 0, 0, 1, 0, 0, 0]))
    expect(along.entry).toMatchObject({ target: 'both.npy', targetName: 'both.npy' })
    expect(along.out).toMatch(/one: -?[\d.]+ along both\.npy/)
    expectNear(along.values, both.values)
    const halved = await gradient('--direction', vector('half.npy', [0.5, 0, 0, 0, 0.5, 0, 0, 0], [1, 8]))
    expectNear(
      halved.values,
      both.values.map((value) => value / 2),
    )
  })

  it.each([
    ['a class that there is not', ['--target', '4-9'], /--target: there is no class '9'/],
    ['a class against itself', ['--target', '4-star'], /--target: '4-star' names a class twice/],
    ['a class and a direction', ['--target', '4', '--direction', 'x.npy'], /cannot be used with/],
    [
      'a file that is not there',
      ['--direction', 'nowhere.npy'],
      /--direction nowhere\.npy: it cannot be read/,
    ],
    [
      'a vector of another length',
      () => ['--direction', vector('short.npy', [1, 2])],
      /\[2\], but the model has 8 outputs/,
    ],
    [
      'several vectors',
      () => ['--direction', vector('two.npy', Array<number>(16).fill(1), [2, 8])],
      /\[2, 8\].*one vector, \[8\] or \[1, 8\]/,
    ],
    [
      'a vector with no number in it',
      () => ['--direction', vector('nan.npy', [1, NaN, 0, 0, 0, 0, 0, 0])],
      /nan\.npy: value 1 of the direction is NaN/,
    ],
    [
      'a vector of zeros',
      () => ['--direction', vector('zero.npy', Array<number>(8).fill(0))],
      /zero everywhere/,
    ],
    ['a file that is no array', () => ['--direction', at('one.png')], /one\.png: is not a NumPy array/],
  ])('is not %s', async (_, flags, message) => {
    const { code, error } = await command(at('refused'), typeof flags === 'function' ? flags() : flags)
    expect(code).toBe(2)
    expect(error).toMatch(message)
    expect(error).not.toMatch(/\n +at /)
  })
})

describe('a study', () => {
  const study = (name: string, ...flags: string[]) => {
    const what = ['--model', 'residual', '--images', at('one.png'), '--limit', '1', '--out', at(name)]
    return saliency(['run', ...what, '--method', 'guided/gradient', '--check', 'class-sensitivity', ...flags])
  }

  it('explains one class against another, and says so in its rows and its report', async () => {
    const { code } = await study('study', '--target', 'star-disc')
    expect(code).toBe(0)
    const { out } = await saliency(['query', at('study'), 'select distinct protocol from rows', '--json'])
    expect(out).toMatch(/explained\W+4-0/)
    const record = JSON.parse(readFileSync(at('study/study.json'), 'utf8')) as {
      identity: { target: unknown }
    }
    expect(record.identity.target).toEqual({ name: '4-0' })
    expect(readFileSync(at('study/report.html'), 'utf8')).toContain(
      '4-0, where the checks say the original prediction',
    )
    // Another target is another study: its maps may not be taken for these.
    expect((await study('study', '--target', 'star')).code).not.toBe(0)
  })

  it('refuses a check that needs a class, and a direction beside a target', async () => {
    const { code, error } = await study('refused', '--target', '4-0', '--check', 'road')
    expect(code).toBe(2)
    expect(error).toMatch(/road: it looks at the score of one class, and 4-0 is none/)
    expect((await study('refused', '--target', '4', '--direction', 'x.npy')).error).toMatch(
      /cannot be used with/,
    )
  })
})
