import { describe, expect, it } from 'vitest'
import { resolveTarget } from '../src/index.ts'

/** The order of folders 0 … 11 sorted as texts, as ImageFolder and Keras sort them. */
const classes = ['0', '1', '10', '11', '2', '3', '4', '5', '6', '7', '8', '9']
const logits = Float32Array.from(classes, (_, index) => -index)
const image = { name: 'photo', label: 3 }
const target = (given: string | number, names: readonly string[] = classes) =>
  resolveTarget(given, logits, image, names).target

describe('resolveTarget', () => {
  it('takes a number as an index and a text as a name, also where names are numbers', () => {
    expect([2, 10].map((given) => target(given))).toEqual([2, 10])
    expect(['2', '10', 'index:2', 'name:2'].map((given) => target(given))).toEqual([4, 2, 2, 4])
    expect([target('label'), target('predicted')]).toEqual([3, 0])
    expect(
      target(
        '7',
        classes.map((name) => `class ${name}`),
      ),
    ).toBe(7)
  })

  it('refuses a name of two classes, an index of none, and an image without a label', () => {
    const twice = classes.map((name) => (Number(name) < 2 ? 'crane' : name))
    expect(() => target('crane', twice)).toThrow(
      /the name of the classes 0, 1: write one of index:0, index:1/,
    )
    expect(() => target(12)).toThrow(/there is no class '12'.*0 to 11/)
    expect(() => target(-1)).toThrow(/there is no class '-1'/)
    expect(() => target('index:12')).toThrow(/there is no class '12'/)
    const unlabelled = { name: 'photo', labelProblem: 'the folders of photos have 2 names' }
    expect(() => resolveTarget('label', logits, unlabelled, classes)).toThrow(/the folders of photos/)
  })
})

describe('a sum of classes', () => {
  const clothes = ['t-shirt', 'sneaker', 'shirt', 't', 'pull-over', 'c++', 'shirt-sneaker']
  const scores = Float32Array.from(clothes, (_, index) => -index)
  const resolve = (given: string, names: readonly string[] | undefined = clothes) =>
    resolveTarget(given, scores, { name: 'photo', label: 2 }, names)

  it.each([
    ['0-1', '0-1', 't-shirt − sneaker', [1, -1, 0, 0, 0, 0, 0]],
    ['pull-over-sneaker', '4-1', 'pull-over − sneaker', [0, -1, 0, 0, 1, 0, 0]],
    ['T-Shirt - Pull-Over', '0-4', 't-shirt − pull-over', [1, 0, 0, 0, -1, 0, 0]],
    ['c++-t', '5-3', 'c++ − t', [0, 0, 0, -1, 0, 1, 0]],
    ['t+c++', '3+5', 't + c++', [0, 0, 0, 1, 0, 1, 0]],
    ['0+1-2', '0+1-2', 't-shirt + sneaker − shirt', [1, 1, -1, 0, 0, 0, 0]],
    ['predicted-label', '0-2', 't-shirt − shirt', [1, 0, -1, 0, 0, 0, 0]],
    ['index:3-name:sneaker', '3-1', 't − sneaker', [0, -1, 0, 1, 0, 0, 0]],
  ])('reads %s', (text, index, name, direction) => {
    const found = resolve(text)
    expect([found.target, found.name]).toEqual([index, name])
    expect(Array.from(found.direction.data)).toEqual(direction)
  })

  it('is the class of that name, where there is one', () => {
    expect(resolve('t-shirt').target).toBe(0)
    expect(resolve('shirt-sneaker').target).toBe(6)
    expect(resolve('index:2-index:1').target).toBe('2-1')
  })

  it('names classes by their numbers, where nothing else is known', () => {
    expect(resolveTarget('4-0', scores, { name: 'photo' })).toMatchObject({
      target: '4-0',
      name: 'class 4 − class 0',
    })
  })

  it.each([
    ['0-0', /'0-0' names a class twice/],
    ['predicted-t-shirt', /photo: 'predicted-t-shirt' names class 0 twice here/],
    ['sneaker-boot', /there is no class 'boot'/],
    ['t-shrit', /there is no class 'shrit'/],
    ['pul-ovr', /there is no class 'pul-ovr'.* Did you mean 'pull-over'/],
    ['-3', /there is no class '-3'/],
    ['3-', /there is no class '3-'/],
    ['', /there is no class ''/],
    ['2-9', /there is no class '9'.*0 to 6/],
  ])('refuses %s', (text, message) => expect(() => resolve(text)).toThrow(message))

  it('refuses a text that can be read in two ways', () => {
    expect(() => resolve('t-shirt-sneaker')).toThrow(/more than one sum of classes: write index:/)
    expect(resolve('t-index:6').target).toBe('3-6')
  })
})
