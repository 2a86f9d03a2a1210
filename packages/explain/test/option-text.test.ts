import { resolveVariant } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { optionsFromText, optionsText } from '../src/option-text.ts'
import { resolveSelections } from '../src/index.ts'
import { gradient } from './subject.ts'

describe('options as text', () => {
  it.each([
    [{ a: 'x&y', b: '2' }, 'a=x%26y&b=2'],
    [{ rules: 'first: zplus & rest: epsilon' }, 'rules=first: zplus %26 rest: epsilon'],
    [{ a: '1&b=2' }, 'a=1%26b=2'],
    [{ a: '5 %', b: '%26' }, 'a=5 %25&b=%2526'],
    [{}, ''],
  ])('are read as they were written: %o', (options, text) => {
    expect(optionsText(options)).toBe(text)
    expect(optionsFromText(text)).toEqual(options)
  })

  it('may hold a bare & that no name follows, as people type it', () => {
    expect(optionsFromText('rules=a & b&gain=2&note=c&d')).toEqual({ rules: 'a & b', gain: '2', note: 'c&d' })
    expect(() => optionsFromText('gain')).toThrow("option 'gain': write name=value.")
  })
})

it('variants asked for twice have their options in their ids; ids differ where options do', () => {
  const method = {
    ...gradient,
    options: {
      a: { type: 'string', default: '', description: 'one' },
      b: { type: 'string', default: '', description: 'two' },
    },
  } as const
  expect(resolveVariant(method, 'plain').id).toBe('gradient/plain')
  const ids = [{ a: '1&b=2' }, { a: '1', b: '2' }].map((options) => ({ method, options }))
  expect(resolveSelections(ids).map(({ id }) => id)).toEqual([
    'gradient/plain?a=1%26b=2',
    'gradient/plain?a=1&b=2',
  ])
})
