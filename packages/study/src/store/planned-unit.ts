/** A piece of work that is stored as one: one weight state, groups `from` to `to` (exclusive). */
export interface PlannedUnit {
  readonly id: string
  readonly state: number
  readonly from: number
  readonly to: number
}

/** A unit that could not be computed. */
export interface Failure {
  readonly unit: string
  readonly reason: string
}
