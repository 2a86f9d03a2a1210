import { defineMethod, type SamplingMethod, SaliencyError, tensor } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { explain, type Target } from '../src/index.ts'
import { drawn, engine, gradient, network, noise } from './subject.ts'

const loaded = network()
const images = drawn('images', [2, 2, 4, 4])

/** The class whose logit is largest, from the weights themselves. */
function logitsOf(image: number): number[] {
  const kernel = loaded.weights.get('conv/kernel')!.data
  const dense = loaded.weights.get('dense/kernel')!.data
  const at = (c: number, y: number, x: number) =>
    y < 0 || x < 0 || y > 3 || x > 3 ? 0 : images.data[((image * 2 + c) * 4 + y) * 4 + x]!
  const logits = [0, 0, 0]
  for (let o = 0, place = 0; o < 3; o++) {
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 4; x++, place++) {
        let sum = 0
        for (let c = 0; c < 2; c++)
          for (let i = 0; i < 9; i++)
            sum += kernel[(o * 2 + c) * 9 + i]! * at(c, y + Math.floor(i / 3) - 1, x + (i % 3) - 1)
        for (let k = 0; k < 3; k++) logits[k]! += Math.max(0, sum) * dense[place * 3 + k]!
      }
    }
  }
  return logits
}

describe('explain', () => {
  it('explains the predicted class of each image, and says which that is', async () => {
    const { maps, targets, logits } = await explain(loaded, images, {
      engine: await engine(),
      method: gradient,
    })
    const expected = [logitsOf(0), logitsOf(1)]
    for (const [i, value] of expected.flat().entries()) expect(logits.data[i]).toBeCloseTo(value, 4)
    expect(targets).toEqual(expected.map((row) => row.indexOf(Math.max(...row))))
    expect(maps).toHaveLength(1)
    expect(maps[0]).toMatchObject({ id: 'gradient/plain', handling: 'signed', shape: [2, 2, 4, 4] })
    // A network without biases is as linear as its ReLUs let it: the gradient times the image sums to the logit.
    for (const [row, target] of targets.entries()) {
      const sum = maps[0]!.data
        .subarray(row * 32, (row + 1) * 32)
        .reduce((total, value, i) => total + value * images.data[row * 32 + i]!, 0)
      expect(sum).toBeCloseTo(expected[row]![Number(target)]!, 3)
    }
  })

  it('takes one class for all images, or one for each', async () => {
    const settings = { engine: await engine(), method: gradient }
    const each = await explain(loaded, images, { ...settings, target: [2, 0] })
    const second = await explain(loaded, images, { ...settings, target: 0 })
    expect([each.targets, second.targets]).toEqual([
      [2, 0],
      [0, 0],
    ])
    expect(each.maps[0]?.data.subarray(32)).toEqual(second.maps[0]?.data.subarray(32))
    expect(each.maps[0]?.data.subarray(0, 32)).not.toEqual(second.maps[0]?.data.subarray(0, 32))
  })

  it('explains one class against another, several at once, and any direction: the gradient is linear in it', async () => {
    const settings = { engine: await engine(), method: gradient }
    const mapOf = async (target: Target) => {
      const { maps, targets } = await explain(loaded, images, { ...settings, target })
      return { map: Array.from(maps[0]!.data), targets }
    }
    const [first, second] = [(await mapOf(0)).map, (await mapOf(2)).map]
    const near = (actual: readonly number[], expected: readonly number[]) => {
      for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5)
    }
    const against = await mapOf('0-2')
    expect(against.targets).toEqual(['0-2', '0-2'])
    near(
      against.map,
      first.map((value, i) => value - second[i]!),
    )
    near(
      (await mapOf('0 + 2')).map,
      first.map((value, i) => value + second[i]!),
    )
    const along = await mapOf(Float32Array.of(0.5, 0, -2))
    expect(along.targets).toEqual(['direction', 'direction'])
    near(
      along.map,
      first.map((value, i) => 0.5 * value - 2 * second[i]!),
    )
  })

  it('averages the maps of a sampling method over its samples, by their weights', async () => {
    const shifts: SamplingMethod = defineMethod({
      ...gradient,
      id: 'shifts',
      kind: 'sampling',
      of: () => 'gradient/plain',
      *samples({ image }) {
        yield { input: image.map((value) => value + 1), weight: 0.25 }
        yield { input: image, weight: 0.75 }
      },
    })
    const settings = { engine: await engine(), target: 1 }
    const moved = tensor(
      images.data.map((value) => value + 1),
      images.shape,
    )
    const [near] = (await explain(loaded, images, { ...settings, method: gradient })).maps
    const [far] = (await explain(loaded, moved, { ...settings, method: gradient })).maps
    const [map] = (await explain(loaded, images, { ...settings, method: shifts, methods: [gradient] })).maps
    for (const [i, value] of map!.data.entries())
      expect(value).toBeCloseTo(0.25 * far!.data[i]! + 0.75 * near!.data[i]!, 5)
  })

  it('draws other noise with another seed, and the same with the same', async () => {
    const settings = { engine: await engine(), method: noise }
    const [first] = (await explain(loaded, images, settings)).maps
    expect((await explain(loaded, images, settings)).maps[0]?.data).toEqual(first?.data)
    expect((await explain(loaded, images, { ...settings, seed: 2 })).maps[0]?.data).not.toEqual(first?.data)
  })

  it.each([
    [
      'a direction of another length',
      { target: Float32Array.of(1, 2) },
      'INVALID_INPUT',
      /2 values.* 3 outputs/,
    ],
    ['a direction that is nowhere', { target: new Float32Array(3) }, 'INVALID_INPUT', /zero everywhere/],
    [
      'a direction with no number in it',
      { target: Float32Array.of(1, NaN, 0) },
      'INVALID_INPUT',
      /value 1 of the direction is NaN/,
    ],
    ['a class that the model does not have', { target: 3 }, 'INVALID_INPUT', /no class '3'.* 0 to 2/],
    ['a variant that the method does not have', { variant: 'plane' }, 'UNKNOWN_VARIANT', /mean 'plain'/],
    ['an option that the method does not have', { options: { gain: 1 } }, 'INVALID_OPTION', /It has none/],
  ])('refuses %s', async (_, wrong, code, message) => {
    const error = await explain(loaded, images, { engine: await engine(), method: gradient, ...wrong }).catch(
      (reason: unknown) => reason,
    )
    expect(SaliencyError.is(error, code as 'INVALID_INPUT')).toBe(true)
    expect((error as Error).message).toMatch(message)
  })

  it('refuses an object that is no method', async () => {
    const method = { ...gradient, options: { mode: { type: 'choice', default: 'a', description: 'x' } } }
    await expect(
      explain(loaded, images, { engine: await engine(), method: method as never }),
    ).rejects.toMatchObject({ code: 'INVALID_PLUGIN' })
  })

  it('names the package of the method that another one averages', async () => {
    const lonely: SamplingMethod = defineMethod({
      ...gradient,
      id: 'lonely',
      kind: 'sampling',
      of: () => 'guided/gradient',
      samples: () => [],
    })
    await expect(explain(loaded, images, { engine: await engine(), method: lonely })).rejects.toThrow(
      /install @saliency\/method-guided/,
    )
  })
})
