import { describe, expect, it } from 'vitest'
import { inTurn, parseTable, type ImageSet } from '../src/index.ts'

const table = (labels: readonly string[], column = 'label') =>
  ['path,' + column, ...labels.map((label, index) => `${index}.png,${label}`)].join('\n')

const labelsOf = (labels: readonly string[], known: Parameters<typeof parseTable>[2]) =>
  parseTable(table(labels), 'list.csv', known).rows.map((row) => row.labels[0])

describe('labels of a table', () => {
  it('are numbers, or names of the model', () => {
    expect(labelsOf(['2', '0'], { count: 3 })).toEqual([2, 0])
    expect(labelsOf(['dog', 'CAT', '2'], { names: ['cat', 'dog', 'emu'], count: 3 })).toEqual([1, 0, 2])
    expect(labelsOf(['index:2', 'name:2'], { names: ['0', '2', '1'], count: 3 })).toEqual([2, 1])
    expect(labelsOf(['dog', 'cat'], { count: 2 })).toEqual([1, 0])
    expect(labelsOf(['dog', 'cat'], { count: 5 })).toEqual([undefined, undefined])
  })

  it.each<[string, string[], Parameters<typeof parseTable>[2], RegExp]>([
    ['a fraction', ['1', '2.0'], { count: 3 }, /line 3, column label: "2\.0" is no class/],
    ['a negative number', ['-1'], { count: 3 }, /line 2, column label: "-1" is no class/],
    [
      'another way to write numbers',
      ['1e1'],
      { names: ['a', 'b'] },
      /line 2, column label: "1e1" is no class/,
    ],
    ['names among numbers', ['1', 'cat'], { count: 3 }, /mix numbers \("1"\) and names \("cat"\)/],
    [
      'an unknown name',
      ['cat', 'kat'],
      { names: ['cat', 'dog'] },
      /line 3, column label: there is no class 'kat'\. Did you mean 'cat'/,
    ],
    [
      'a number out of range',
      ['0', '3'],
      { count: 3 },
      /line 3, column label: there is no class '3'.*0 to 2/,
    ],
    [
      'a number that is the name of another class',
      ['2'],
      { names: ['0', '2', '1'] },
      /index of the class named "1", or the name of the class with index 1: write index:2 or name:2/,
    ],
  ])('refuse %s', (_, labels, known, message) => {
    expect(() => parseTable(table(labels), 'list.csv', known)).toThrowError(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(message) }),
    )
  })

  it('refuse a column that is there twice', () => {
    expect(() => parseTable('path,label,label\na.png,0,1\n', 'list.csv', {})).toThrow(
      'list.csv has two columns "label": leave one',
    )
  })

  it('count lines as an editor does, blank ones too', () => {
    expect(() => parseTable('path,target\n\na.png,-2\n', 'list.csv', {})).toThrow(/line 3, column target/)
  })
})

describe('inTurn', () => {
  it('takes the first of each class, then the second, and keeps load and fingerprint with them', async () => {
    const labels = [0, 0, 0, 1, 1, undefined, 2]
    const loaded: number[] = []
    const set = {
      name: 'set',
      images: labels.map((label, index) => ({
        id: String(index),
        maskCount: 0,
        ...(label !== undefined && { label }),
      })),
      skipped: [],
      fingerprint: async (places: readonly number[]) => places.join(),
      load: async (index: number) => void loaded.push(index),
    } as unknown as ImageSet
    const turned = inTurn(set)
    expect(turned.images.map(({ id }) => id)).toEqual(['0', '3', '6', '5', '1', '4', '2'])
    await turned.load(2, {} as never)
    expect(loaded).toEqual([6])
    expect(await turned.fingerprint([0, 1, 2, 3])).toBe('0,3,6,5')
  })
})
