import { sortRows } from '@saliency/core'
import type { StudyRow } from './rows.ts'

/** The images that rows need beside the ones they name, by check and image. */
export type Needs = ReadonlyMap<string, readonly string[]>

function subjectOf({ check, image }: StudyRow): string {
  return JSON.stringify([check, image])
}

/** What the rows of a unit need. */
export function needsOf(rows: readonly StudyRow[]): Needs {
  const needs = new Map<string, readonly string[]>()
  for (const row of rows) if (row.needs) needs.set(subjectOf(row), row.needs)
  return needs
}

/** Gives rows back what {@link needsOf} took from them; all rows of one check and image need the same. */
export function restoreNeeds(rows: readonly StudyRow[], needs: Needs): readonly StudyRow[] {
  if (needs.size === 0) return rows
  return rows.map((row) => {
    const own = needs.get(subjectOf(row))
    return own ? { ...row, needs: own } : row
  })
}

/** What a row may be made from: a check's row, or a line of a file, whose empty cells are `null`. */
type Fields = { readonly [K in keyof StudyRow]?: StudyRow[K] | null | undefined }

/** A row of one of few shapes: a study has millions, and an object that lost a property takes several times the memory. */
export function shapedRow(fields: Fields): StudyRow {
  const { run, model, check, variant, condition, image, other, metric, value, status, note, protocol } =
    fields as StudyRow
  const found = value ?? null
  const row =
    (other ?? null) === null
      ? { run, model, check, variant, condition, image, metric, value: found, status, protocol }
      : { run, model, check, variant, condition, image, other, metric, value: found, status, protocol }
  return ((note ?? null) === null ? row : { ...row, note }) as StudyRow
}

/** The rows that were scored for a unit as every store keeps them: sorted, and of the same shape as those read from a file. */
export function completeRows(scored: readonly StudyRow[]): readonly StudyRow[] {
  const sorted = sortRows(scored)
  return restoreNeeds(sorted.map(shapedRow), needsOf(sorted))
}
