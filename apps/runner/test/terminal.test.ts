import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { textTable } from '../src/cli/text-table.ts'
import { saliency, temporaryFolder } from './project.ts'

describe('--quiet and --log-file', () => {
  const folder = temporaryFolder()
  const log = join(folder, 'log.txt')

  it('results and the last error are said, all else goes into the log', async () => {
    const quiet = await saliency(['inspect', 'residual', '--verify', '--quiet', '--log-file', log])
    expect([quiet.code, quiet.error]).toEqual([0, ''])
    expect(quiet.out).toContain('residual')
    const failed = await saliency(['inspect', 'nothing-here.onnx', '--quiet', '--log-file', log])
    expect(failed.code).toBe(2)
    expect(failed.error).toMatch(/^error: .*nothing-here\.onnx does not exist/)
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
    expect(lines.every((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z/.test(line))).toBe(true)
    expect(lines.filter((line) => line.includes('engine: onnxruntime'))).toHaveLength(1)
    expect(lines.at(-1)).toContain('nothing-here.onnx does not exist')
  })

  it('a log that cannot be written is one line', async () => {
    const { code, error } = await saliency(['list', '--log-file', join(folder, 'none', 'log.txt')])
    expect(code).toBe(2)
    expect(error).toMatch(/^error: .*log\.txt/)
  })
})

describe('a table', () => {
  const head = ['variant', 'handling', 'what was found']
  const rows = [
    [
      'attention/transformer-attribution-of-everything',
      'positive',
      'a sentence that takes more room than there is on a screen',
    ],
    ['guided/gradient', 'signed', 7],
  ]
  const widest = (text: string) =>
    Math.max(
      ...stripVTControlCharacters(text)
        .split('\n')
        .map(({ length }) => length),
    )

  it('fits the screen, without losing a word', () => {
    for (const columns of [60, 80, 100]) {
      const text = textTable(head, rows, columns)
      expect(widest(text)).toBeLessThanOrEqual(columns)
      expect(stripVTControlCharacters(text).replaceAll(/[│\s]/g, '')).toContain('guided/gradient')
    }
    expect(widest(textTable(head, rows, 200))).toBe(widest(textTable(head, rows)))
  })

  it('of thousands of rows is drawn in portions, and looks as one of few', () => {
    const many = Array.from({ length: 5_000 }, (_, at) => [`layer${at + 1000}`, 'Relu', at])
    for (const columns of [undefined, 24]) {
      const lines = stripVTControlCharacters(textTable(['layer', 'kind', 'place'], many, columns)).split('\n')
      const few = textTable(['layer', 'kind', 'place'], many.slice(0, 200), columns)
      const first = stripVTControlCharacters(few).split('\n')
      expect(lines.slice(0, first.length - 1)).toEqual(first.slice(0, -1))
      expect(lines.at(-1)).toBe(first.at(-1))
      expect(lines).toHaveLength(4 + (first.length - 4) * (many.length / 200))
    }
  })

  it('is as wide as it is where nobody looks', () => {
    const line = textTable(head, rows)
      .split('\n')
      .find((one) => one.includes('attention/'))
    expect(line).toContain('attention/transformer-attribution-of-everything')
    expect(line).toContain('on a screen')
  })
})
