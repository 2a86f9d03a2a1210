import type { ModelFlags } from '@saliency/toolkit/steps'
import type { CommonFlags } from './discover.ts'

/** Flags of `saliency explain`. */
export interface ExplainFlags extends CommonFlags, ModelFlags {
  readonly model?: string
  readonly method: readonly string[]
  readonly option?: readonly string[]
  readonly target?: string
  readonly direction?: string
  readonly out: string
  readonly saveMaps?: boolean
  readonly layer?: string
  readonly engine?: string
  readonly backend?: string
  readonly seed: number
  readonly json?: boolean
  readonly ledger?: boolean
}
