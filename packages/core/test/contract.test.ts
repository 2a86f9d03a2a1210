import { describe, expect, it } from 'vitest'
import { assertChecks, assertIdMatches, assertMethods } from '../src/plugin.ts'

const good = {
  contract: 1,
  id: 'good',
  title: 'Good',
  references: ['x'],
  kind: 'graph',
  options: {},
  traits: { resolution: 'input' },
  variants: { plain: { description: 'x', handling: 'signed', options: {} } },
  explain: () => undefined,
}

describe('a plugin is recognised by its fields', () => {
  it('one method or several', () => {
    expect(assertMethods(good)).toEqual([good])
    expect(assertMethods([good, { ...good, id: 'other' }])).toHaveLength(2)
  })

  it.each([
    [undefined, 'the default export is missing, not a method'],
    ['text', 'the default export is a string, not a method'],
    [[], 'the default export is an empty list'],
    [{ ...good, contract: 2 }, 'the default export has contract 2; this core speaks contract 1.'],
    [{ id: 'bare' }, 'the default export has no contract; this core speaks contract 1.'],
    [{ ...good, id: 'Bad Id' }, 'the method\'s id is "Bad Id"'],
    [{ ...good, title: 5 }, 'good: its title is 5: it takes a text.'],
    [{ ...good, references: null }, 'good: its references are null: they take a list of texts'],
    [{ ...good, references: undefined }, 'good: its references are missing'],
    [{ ...good, references: [5] }, 'good: its references are [5]'],
    [{ ...good, whyNot: 5, fold: 'x' }, 'good: whyNot, fold must be a function where it is given.'],
    [{ ...good, kind: 'magic' }, 'good is of kind "magic": known are graph, sampling, composition.'],
    [{ ...good, explain: 3 }, 'good has no function explain.'],
    [{ ...good, variants: {} }, 'good declares no variants'],
    [{ ...good, traits: {} }, "good: traits.resolution must be 'input' or 'layer'."],
    [
      { ...good, variants: { plain: { handling: 'loud', options: {} } } },
      'good/plain: handling "loud" is none of signed',
    ],
    [
      { ...good, variants: { plain: { handling: 'signed', counterpart: 'none', options: {} } } },
      "good/plain: its counterpart 'none' is no variant of good",
    ],
    [
      { ...good, variants: { plain: { handling: 'signed', options: { depth: 1 } } } },
      "good/plain has no option 'depth'. It has none.",
    ],
  ])('%#: %s', (plugin, message) => {
    expect(() => assertMethods(plugin)).toThrow(message as string)
  })

  it('a check needs its three phases', () => {
    expect(() => assertChecks({ contract: 1, id: 'c', options: {}, conditions: () => [] })).toThrow(
      'c has no function score, summarise.',
    )
  })

  it("a package's name promises an id", () => {
    expect(() => assertIdMatches('@saliency/method-guided', ['guided', 'guided-gradcam'])).not.toThrow()
    expect(() => assertIdMatches('saliency-method-a', ['b'])).toThrow(
      "its id is 'b', but the package's name promises 'a'",
    )
  })
})
