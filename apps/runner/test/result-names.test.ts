import { describe, expect, it } from 'vitest'
import { resultNames } from '../../../packages/toolkit/src/explain/images.ts'
import { printable } from '../src/cli/terminal.ts'

describe('resultNames', () => {
  it('stay inside the folder of results and differ', () => {
    expect(resultNames(['a/x.png', 'a/x.jpg', 'b.png'])).toEqual(['a/x.png', 'a/x.jpg', 'b'])
    expect(resultNames(['../elsewhere/photo.png', '/abs/photo.png', '..\\up.png', 'a/../../b.png'])).toEqual([
      'elsewhere/photo',
      'abs/photo',
      'up',
      'a/b',
    ])
    expect(resultNames(['../a.png', 'a.png', './a.png'])).toEqual(['a.png', 'a.png-2', 'a.png-3'])
    expect(resultNames(['.png', '..'])[1]).not.toContain('..')
    expect(resultNames(['x\u001b[31m\ny.png'])).toEqual(['x_[31m_y'])
  })
})

describe('printable', () => {
  it('keeps colours and line ends, and nothing else that drives a terminal', () => {
    expect(printable('\u001b[31mred\u001b[39m\n')).toBe('\u001b[31mred\u001b[39m\n')
    expect(printable('a\u001b]0;title\u0007b\u001b[2Jc\rd')).toBe('a�]0;title�b�[2Jc�d')
  })
})
