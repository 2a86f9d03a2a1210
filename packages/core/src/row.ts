/** `undefined` values are counted and shown, never dropped. */
export type RowStatus = 'ok' | 'undefined' | 'failed'

/** One number, and everything that changed it. */
export interface Row {
  readonly metric: string
  /** `method/variant` */
  readonly variant: string
  /** The check's own name for what was compared, for instance `cascade:03:layer2.1`. */
  readonly condition: string
  readonly image: string
  /** The other image of a matched-condition pair (chance level). */
  readonly other?: string
  readonly value: number | null
  readonly status: RowStatus
  /** Why a value is undefined or failed. */
  readonly note?: string
  /** What changes this number: target policy, draw, initialiser, similarity, reduction … */
  readonly protocol: Readonly<Record<string, string | number | boolean>>
}
