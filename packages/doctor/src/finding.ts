/** What the doctor looks at. */
export type Examination = 'manifest' | 'import' | 'contract' | 'references' | 'documentation' | 'conformance'

/** One thing to change in a plugin package. */
export interface Finding {
  readonly examination: Examination
  readonly message: string
  readonly remedy: string
}

/** What an examination of one package gives. */
export interface Diagnosis {
  readonly package: string
  readonly version: string
  readonly findings: readonly Finding[]
  /** What was looked at, and in how many cases. */
  readonly examined: Readonly<Partial<Record<Examination, number>>>
}
