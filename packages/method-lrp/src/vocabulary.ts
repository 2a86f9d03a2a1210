import { composites } from './composites.ts'
import { type NamedRules, ownRules } from './rule-names.ts'

/** What the names in composites and in the option `rules` refer to. */
export interface Vocabulary {
  readonly rules: NamedRules
  /** In the notation of the option `rules`. */
  readonly composites: Readonly<Record<string, string>>
}

/** The rules and composites of this package. */
export const shipped: Vocabulary = { rules: ownRules, composites }

/** The shipped ones with others beside them; of two with one name, the other stands. */
export function extend(others: Partial<Vocabulary>): Vocabulary {
  return {
    rules: { ...shipped.rules, ...others.rules },
    composites: { ...shipped.composites, ...others.composites },
  }
}
