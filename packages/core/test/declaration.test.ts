import { describe, expect, it } from 'vitest'
import { defineCheck } from '../src/define-check.ts'
import { defineMethod } from '../src/define-method.ts'
import { SaliencyError } from '../src/errors.ts'
import { assertChecks, assertMethods } from '../src/plugin.ts'

const depth = { type: 'integer', default: 3, minimum: 1, description: 'How deep.' }
const plain = { description: 'x', handling: 'signed', options: {} }
const good = {
  contract: 1,
  id: 'good',
  title: 'Good',
  references: [],
  kind: 'graph',
  options: { depth },
  traits: { resolution: 'input' },
  variants: { plain, deep: { ...plain, counterpart: 'plain', options: { depth: 9 } } },
  explain: () => undefined,
}
const check = { contract: 1, id: 'c', conditions: () => [], score: () => [], summarise: () => ({}) }

function problemOf(work: () => unknown): { code: string; message: string } {
  try {
    work()
  } catch (error) {
    if (SaliencyError.is(error)) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('nothing was wrong')
}

const option = (spec: unknown) => ({ ...good, options: { depth, mode: spec } })
const variant = (spec: unknown) => ({ ...good, variants: { plain, odd: spec } })

describe('a method is checked where it is declared, and where it is loaded', () => {
  it('and comes back as it was, frozen', () => {
    const method = defineMethod(good as never)
    expect(method).toBe(good)
    expect(Object.isFrozen(method)).toBe(true)
  })

  it.each([
    [
      variant({ ...plain, options: { dpeth: 1 } }),
      'INVALID_OPTION',
      /good\/odd has no option 'dpeth'\. Did you mean 'depth'/,
    ],
    [
      variant({ ...plain, options: { depth: 0 } }),
      'INVALID_OPTION',
      /good\/odd: option 'depth' is 0; it takes/,
    ],
    [variant({ ...plain, options: null }), 'INVALID_PLUGIN', /good\/odd: its options are null/],
    [variant({ ...plain, options: ['depth'] }), 'INVALID_PLUGIN', /good\/odd: its options are \["depth"\]/],
    [variant({ ...plain, counterpart: 7 }), 'INVALID_PLUGIN', /good\/odd: its counterpart is 7/],
    [
      variant({ ...plain, counterpart: 'plian' }),
      'INVALID_PLUGIN',
      /no variant of good\. Did you mean 'plain'/,
    ],
    [variant({ ...plain, counterpart: 'toString' }), 'INVALID_PLUGIN', /no variant of good/],
    [variant(null), 'INVALID_PLUGIN', /good\/odd is null/],
    [{ ...good, variants: null }, 'INVALID_PLUGIN', /good declares no variants/],
    [{ ...good, options: null }, 'INVALID_PLUGIN', /good has no options/],
    [option(null), 'INVALID_PLUGIN', /option 'mode' is null/],
    [option({ type: 'choice', default: 'a', description: 'x' }), 'INVALID_PLUGIN', /choice without a list/],
    [
      option({ type: 'choice', choices: 'abc', default: 'a', description: 'x' }),
      'INVALID_PLUGIN',
      /without a list/,
    ],
    [
      option({ type: 'choice', choices: ['b'], default: 'a', description: 'x' }),
      'INVALID_PLUGIN',
      /default "a"; it takes one of b/,
    ],
    [option({ type: 'intger', default: 1, description: 'x' }), 'INVALID_PLUGIN', /Did you mean 'integer'/],
    [option({ type: 'number', description: 'x' }), 'INVALID_PLUGIN', /default undefined; it takes a number/],
  ])('%#: %s', (wrong, code, message) => {
    for (const found of [
      problemOf(() => defineMethod(wrong as never)),
      problemOf(() => assertMethods(wrong)),
    ]) {
      expect(found.code).toBe(code)
      expect(found.message).toMatch(message)
    }
  })
})

describe('a check is checked in the same way', () => {
  it.each([null, undefined, 'none', { draws: { type: 'choice', default: 'a' } }])(
    '%#: options %o',
    (options) => {
      const wrong = { ...check, options }
      expect(problemOf(() => defineCheck(wrong as never)).code).toBe('INVALID_PLUGIN')
      expect(problemOf(() => assertChecks(wrong)).code).toBe('INVALID_PLUGIN')
    },
  )
})
