import { changesOf } from './content.ts'
import type { JudgedImages, StudyRecord, StudySummary } from './study.ts'

/** An image that the report shows. */
export interface GalleryImage {
  readonly id: string
  readonly label?: number
  /** Its place in the data set. */
  readonly position: number
  /** Why it was chosen. */
  readonly note: string
}

/** What the first check changes that gives verdicts: images are ordered by the similarity that they are drawn from. */
function changesIn({ checks }: StudySummary): string | undefined {
  const check = checks.find(({ findings }) => findings.some(({ kind }) => kind === 'verdict'))
  return check && changesOf(check)
}

/**
 * A few images from all over the range: where maps change most and least under the first check that gives verdicts, and
 * two between. The first ones where none does.
 */
export function galleryImages(
  { images }: Pick<StudyRecord, 'images'>,
  { seen, similarity }: JudgedImages,
  summary: StudySummary,
): GalleryImage[] {
  const changes = changesIn(summary)
  const notes = [
    `changes most with ${changes}`,
    'changes much',
    'changes little',
    `changes least with ${changes}`,
  ]
  const all = images
    .map((image, position) => ({ ...image, position, note: '' }))
    .filter(({ id }) => seen.has(id))
  const ordered = all
    .filter(({ id }) => similarity.has(id))
    .sort((a, b) => Number(similarity.get(a.id)) - Number(similarity.get(b.id)) || a.position - b.position)
  if (ordered.length <= notes.length) return all.slice(0, notes.length)
  return notes.map((note, index) => ({
    ...(ordered[Math.round((index * (ordered.length - 1)) / (notes.length - 1))] as GalleryImage),
    note,
  }))
}
