import type { Condition } from '@saliency/core'
import type { StudyGroup } from './image-groups.ts'
import { sourcesOf } from './inputs.ts'
import type { StudyRow } from './store/rows.ts'

/** Begins the note of a row that is undefined because an image could not be read. */
const LOST = 'lost image: '

/** The images of a group, by id, with all those that their inputs are made from: in a grid, their neighbours too. */
function sourcesById({ images }: StudyGroup, conditions: readonly Condition[]): Map<string, string[]> {
  return new Map(
    images.map(({ id }, position) => {
      const places = conditions.flatMap(({ input }) => sourcesOf(images.length, position, input))
      return [id, [...new Set(places.map((place) => images[place]?.id ?? id))]]
    }),
  )
}

/**
 * Says which images the rows of one check need beside their own: those that share a grid with it, and all of the group for
 * a row that names none of them.
 */
function withNeeds(
  rows: readonly StudyRow[],
  group: StudyGroup,
  conditions: readonly Condition[],
): readonly StudyRow[] {
  const sources = sourcesById(group, conditions)
  const all = [...sources.keys()]
  return rows.map((row) => {
    const needs = sources.get(row.image) ?? all
    return needs.length === 1 && needs[0] === row.image ? row : { ...row, needs }
  })
}

function idsOf({ image, other, needs = [] }: StudyRow): string[] {
  return other === undefined ? [image, ...needs] : [image, other, ...needs]
}

/** Makes every row of one check undefined that needs an image which cannot be read. */
export function undefinedWhereLost(
  rows: readonly StudyRow[],
  group: StudyGroup,
  conditions: readonly Condition[],
): readonly StudyRow[] {
  const needing = withNeeds(rows, group, conditions)
  if (group.lost.size === 0) return needing
  return needing.map((row): StudyRow => {
    const reason = idsOf(row)
      .map((id) => group.lost.get(id))
      .find((one) => one !== undefined)
    return reason === undefined ? row : { ...row, value: null, status: 'undefined', note: LOST + reason }
  })
}

/**
 * Rows to be judged: an image that could not be read for one weight state counts for none, so that verdicts do not depend
 * on when it was lost.
 * @param lost the images that could not be read, by id
 */
export function withoutLost(
  rows: readonly StudyRow[],
  lost: ReadonlyMap<string, string>,
): readonly StudyRow[] {
  return lost.size === 0 ? rows : rows.filter((row) => !idsOf(row).some((id) => lost.has(id)))
}
