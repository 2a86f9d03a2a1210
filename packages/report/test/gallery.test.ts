import { describe, expect, it } from 'vitest'
import { galleryImages } from '../src/gallery-images.ts'
import type { JudgedImages, StudyRecord, StudySummary } from '../src/study.ts'

const ids = Array.from({ length: 18 }, (_, index) => `image-${String(index).padStart(2, '0')}`)
const record = {
  images: ids.map((id) => ({ id })),
  identity: { variants: [{ id: 'guided/guided' }, { id: 'baseline/edges', control: true }] },
} as unknown as StudyRecord

/** One check that gives a verdict from Spearman's correlation. */
const summary = {
  checks: [
    {
      id: 'class-sensitivity',
      title: 'Classes',
      changes: 'the class',
      findings: [{ kind: 'verdict', similarity: 'spearman' }],
    },
  ],
} as unknown as StudySummary

/** The similarity of each readable image's maps: highest for image-05, lowest for image-12; image-03 is broken. */
function judged(): JudgedImages {
  const value = (index: number) => (index === 5 ? 0.9 : index === 12 ? -0.4 : index / 100)
  const seen = ids.filter((_, index) => index !== 3)
  return { seen: new Set(seen), similarity: new Map(seen.map((id) => [id, value(ids.indexOf(id))])) }
}

describe('the images of the gallery', () => {
  it('range from where maps change most with the class to where they change least', () => {
    const shown = galleryImages(record, judged(), summary)
    expect(shown.map(({ id }) => id)).toEqual(['image-12', 'image-06', 'image-13', 'image-05'])
    expect(shown.map(({ note }) => note.split(' ')[1])).toEqual(['most', 'much', 'little', 'least'])
  })

  it('keep their place in the data set, where one in front of them could not be read', () => {
    const shown = galleryImages(record, judged(), summary)
    expect(shown.map(({ position }) => position)).toEqual([12, 6, 13, 5])
  })

  it('are the first readable ones where nothing says how maps change', () => {
    const shown = galleryImages(record, { ...judged(), similarity: new Map() }, summary)
    expect(shown.map(({ position }) => position)).toEqual([0, 1, 2, 4])
  })
})
