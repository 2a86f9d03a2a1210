/** When passes apply: once for an imported model, to every node that rules and methods build, on a signal's way back, or when an engine opens a plan. */
export type PassTime = 'import' | 'build' | 'backward' | 'engine'

/** A rewrite of the graph: it replaces what is written by something that computes the same, up to rounding. */
export interface Pass<
  Rewrite extends (...parameters: never[]) => unknown = (...parameters: never[]) => unknown,
> {
  /** The name of its file, and of its test. */
  readonly name: string
  readonly when: PassTime
  /** What becomes of what: one sentence. */
  readonly does: string
  /** What must hold for it to apply: one sentence. */
  readonly needs: string
  /** A paper or a program that does the same. */
  readonly source?: string
  /** Returns what replaces its argument; undefined, or the argument itself, where the pass does not apply. */
  readonly rewrite: Rewrite
}
