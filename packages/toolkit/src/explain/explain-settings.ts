import type { Engine, Method, Options } from '@saliency/core'
import type { Target, VariantFailure } from '@saliency/explain'

/** How to explain. */
export interface ExplainSettings {
  /** `id`, `id/variant`, `id/variant?option=value`, a method object, or a list of these; `'all'` for every method that needs a few passes. */
  readonly method: string | Method | readonly (string | Method)[]
  /** Default: what a table of images names, else `predicted`. */
  readonly target?: Target
  /** Overrides for every chosen method that has the option. */
  readonly options?: Options
  /** Default: `auto`. */
  readonly engine?: string | Engine
  /** Names random streams; default 1. */
  readonly seed?: number
  /** Plugins besides those found; see `saliency list`. */
  readonly plugins?: readonly string[]
  /** What to do with variants this model cannot be explained with; default: throw the first's error. */
  readonly onUnavailable?: (failure: VariantFailure) => void
}
