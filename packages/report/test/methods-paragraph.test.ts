import { describe, expect, it } from 'vitest'
import { methodsParagraph } from '../src/methods-paragraph.ts'
import type { StudyRecord } from '../src/study.ts'

type CheckRecord = StudyRecord['identity']['checks'][number]

const check = (title: string, options: CheckRecord['options']): CheckRecord => ({
  title,
  options,
  package: '@saliency/sanity',
  version: '1.0.0',
})

function recordWith(...checks: CheckRecord[]): StudyRecord {
  const identity = {
    model: { name: 'net', sha256: '0' },
    images: { name: 'photos', count: 1, sha256: '0' },
    variants: [{ id: 'guided/guided', control: false }],
    checks,
    seed: 1,
    engine: { id: 'onnxruntime-node', version: '1' },
    batchSize: 8,
    versions: {},
  }
  return { identity, run: 'abc' } as unknown as StudyRecord
}

describe('the methods paragraph', () => {
  const classes = check('Classes', { reduction: 'sum', threshold: 0.5 })
  const parameters = check('Parameters', { reduction: 'sum', threshold: 0.5, draws: 5 })
  const published = check('Published', { reduction: 'max-abs', threshold: 0.5 })

  it('says what was judged, with which bound, and over what', () => {
    const both = methodsParagraph(recordWith(classes, parameters), { checks: [0, 1] })
    expect(both).toContain('t intervals over images and, where weights were drawn at random, over draws; ')
    expect(both).toContain('lower bound of e exceeded .5,')
    const one = methodsParagraph(recordWith(classes, parameters), { checks: [0], threshold: 0.4 })
    expect(one).toContain('lower bound of e exceeded .4,')
    expect(one).not.toContain('exceeded .5')
  })

  it('says nothing of verdicts where there are none, and names another reduction', () => {
    const text = methodsParagraph(recordWith(published), { checks: [] })
    expect(text).not.toMatch(/judged|Holm/)
    expect(text).toContain(
      'signed sum, except where a reduction is named, and subjected to published (reduction max-abs',
    )
    expect(text).toContain('1 saliency variant (guided/guided) of net for 1 image (photos)')
  })
})
