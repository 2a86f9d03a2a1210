import { describe, expect, it } from 'vitest'
import { messageOf } from '../src/message.ts'
import { nearest, suggestion } from '../src/nearest.ts'
import { SaliencyError } from '../src/errors.ts'

describe('the nearest name', () => {
  it.each([
    ['gradeint', ['guided', 'gradient'], 'gradient'],
    ['RELUS', ['Sigmoid', 'ReLU'], 'ReLU'],
    ['conv1', ['block1/conv1', 'fc'], 'block1/conv1'],
    ['xy', ['proxy-network'], undefined],
    ['elephant', ['cat', 'dog'], undefined],
    ['cat', [], undefined],
  ])('of %s among %j is %s', (typed, known, expected) => {
    expect(nearest(typed, known)).toBe(expected)
    expect(suggestion(typed, known)).toBe(expected === undefined ? '' : ` Did you mean '${expected}'?`)
  })
})

describe('the message of what was thrown', () => {
  it('names causes where they say more', () => {
    expect(messageOf(new Error('no model', { cause: new Error('no file') }))).toBe('no model (no file)')
    expect(messageOf(new Error('no file here', { cause: new Error('no file') }))).toBe('no file here')
    expect(messageOf('torn')).toBe('torn')
  })

  it('of an error of ours is its own: it says what to do', () => {
    const error = new SaliencyError('FILE', 'free some space', { cause: new Error('ENOSPC') })
    expect(messageOf(error)).toBe('free some space')
  })
})
