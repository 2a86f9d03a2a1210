import { GROUP_SIZE } from '../study/plan.ts'
import type { StudyRow } from '../study/rows.ts'
import type { StudyRecord } from '../study/run-folder.ts'

/** An image that the report shows, and where its maps lie in the run folder. */
export interface GalleryImage {
  readonly id: string
  readonly label?: number
  /** Its place in the data set. */
  readonly position: number
  readonly group: number
  /** Its place in the group. */
  readonly row: number
  /** Why it was chosen. */
  readonly note: string
}

/** What the images are ordered by: the similarity that verdicts are drawn from, when another class is explained. */
const [CHECK, METRIC] = ['class-sensitivity', 'spearman']

const notes = [
  'changes most with the class',
  'changes much',
  'changes little',
  'changes least with the class',
]

/** Mean similarity of each image's maps under two classes, over all variants but the controls. */
function meanByImage({ identity }: StudyRecord, rows: readonly StudyRow[]): Map<string, number> {
  const controls = new Set(identity.variants.filter(({ control }) => control).map(({ id }) => id))
  const sums = new Map<string, [sum: number, count: number]>()
  for (const { check, metric, variant, image, other, value } of rows) {
    if (check !== CHECK || metric !== METRIC || other !== undefined || value === null) continue
    if (controls.has(variant)) continue
    const [sum, count] = sums.get(image) ?? [0, 0]
    sums.set(image, [sum + value, count + 1])
  }
  return new Map([...sums].map(([image, [sum, count]]) => [image, sum / count]))
}

/** Every image that has rows, with the place of its maps. */
function readable({ images }: StudyRecord, rows: readonly StudyRow[]): GalleryImage[] {
  const seen = new Set(rows.map(({ image }) => image))
  const placed = images.map((image, position) => ({
    ...image,
    position,
    group: Math.floor(position / GROUP_SIZE),
    row: position % GROUP_SIZE,
    note: '',
  }))
  return placed.filter(({ id }) => seen.has(id))
}

/**
 * A few images from all over the range: where maps change most and least when another class is explained, and two between.
 * The first ones where the study did not ask that.
 */
export function galleryImages(record: StudyRecord, rows: readonly StudyRow[]): GalleryImage[] {
  const means = meanByImage(record, rows)
  const all = readable(record, rows)
  const ordered = all
    .filter(({ id }) => means.has(id))
    .sort((a, b) => Number(means.get(a.id)) - Number(means.get(b.id)) || a.position - b.position)
  if (ordered.length <= notes.length) return all.slice(0, notes.length)
  return notes.map((note, index) => ({
    ...(ordered[Math.round((index * (ordered.length - 1)) / (notes.length - 1))] as GalleryImage),
    note,
  }))
}
