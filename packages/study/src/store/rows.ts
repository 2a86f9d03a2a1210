import type { KeyedRow } from '@saliency/core'

/** The metric of rows that say that something failed. */
export const FAILURE = 'failure'

/** A row with the place it belongs to. */
export interface StudyRow extends KeyedRow {
  readonly run: string
  readonly model: string
  readonly check: string
  /** Images that it needs beside the ones it names. */
  readonly needs?: readonly string[]
}
