import { changesOf } from './content.ts'
import type { StudyRecord, StudyRow, StudySummary } from './study.ts'

/** An image that the report shows. */
export interface GalleryImage {
  readonly id: string
  readonly label?: number
  /** Its place in the data set. */
  readonly position: number
  /** Why it was chosen. */
  readonly note: string
}

/** What the images are ordered by: the similarity that the first verdicts of a study are drawn from. */
interface Ordering {
  readonly check: string
  readonly similarity: string
  /** What the check changes. */
  readonly changes: string
}

function orderingOf({ checks }: StudySummary): Ordering | undefined {
  for (const check of checks) {
    const verdict = check.findings.find((finding) => finding.kind === 'verdict')
    if (verdict) return { check: check.id, similarity: verdict.similarity, changes: changesOf(check) }
  }
  return undefined
}

/** Mean similarity of each image's maps before and after the change, over all variants but the controls. */
function meanByImage(
  { identity }: StudyRecord,
  rows: readonly StudyRow[],
  ordering: Ordering | undefined,
): Map<string, number> {
  const controls = new Set(identity.variants.filter(({ control }) => control).map(({ id }) => id))
  const sums = new Map<string, [sum: number, count: number]>()
  for (const { check, metric, variant, image, other, value } of rows) {
    if (check !== ordering?.check || metric !== ordering.similarity) continue
    if (other !== undefined || value === null) continue
    if (controls.has(variant)) continue
    const [sum, count] = sums.get(image) ?? [0, 0]
    sums.set(image, [sum + value, count + 1])
  }
  return new Map([...sums].map(([image, [sum, count]]) => [image, sum / count]))
}

/** Every image that has rows, with its place. */
function readable({ images }: StudyRecord, rows: readonly StudyRow[]): GalleryImage[] {
  const seen = new Set(rows.map(({ image }) => image))
  return images.map((image, position) => ({ ...image, position, note: '' })).filter(({ id }) => seen.has(id))
}

/**
 * A few images from all over the range: where maps change most and least under the first check that gives verdicts, and
 * two between. The first ones where none does.
 */
export function galleryImages(
  record: StudyRecord,
  rows: readonly StudyRow[],
  summary: StudySummary,
): GalleryImage[] {
  const ordering = orderingOf(summary)
  const means = meanByImage(record, rows, ordering)
  const notes = [
    `changes most with ${ordering?.changes}`,
    'changes much',
    'changes little',
    `changes least with ${ordering?.changes}`,
  ]
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
