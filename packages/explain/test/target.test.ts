import { describe, expect, it } from 'vitest'
import { resolveTarget } from '../src/index.ts'

/** The order of folders 0 … 11 sorted as texts, as ImageFolder and Keras sort them. */
const classes = ['0', '1', '10', '11', '2', '3', '4', '5', '6', '7', '8', '9']
const logits = Float32Array.from(classes, (_, index) => -index)
const image = { name: 'photo', label: 3 }
const target = (given: string | number, names: readonly string[] = classes) =>
  resolveTarget(given, logits, image, names)

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
