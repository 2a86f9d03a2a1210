/** What went wrong in a run, for the report. */
export interface StudyFailures {
  readonly units: readonly { readonly unit: string; readonly reason: string }[]
  readonly images: readonly { readonly id: string; readonly reason: string }[]
}
