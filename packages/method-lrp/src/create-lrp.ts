import { defineMethod, type GraphMethod, type VariantSpec } from '@saliency/core'
import { propagateRelevance } from './explain.ts'
import { ledgerOf } from './ledger.ts'
import { optionsFor, type LrpOptionSpecs } from './options.ts'
import { extend, type Vocabulary } from './vocabulary.ts'

/** What a method by relevance propagation is made from: rules and composites besides this package's, and its variants. */
export interface LrpSettings extends Partial<Vocabulary> {
  readonly id: string
  readonly title: string
  /** Paper, section and equation. */
  readonly references: readonly string[]
  readonly variants: Readonly<Record<string, VariantSpec<LrpOptionSpecs>>>
}

/**
 * Makes a method of layer-wise relevance propagation with rules and composites of one's own beside this package's; maps are
 * `[n, c, h, w]`, at the image's resolution. An own name that this package has, too, stands for one's own.
 * @throws INVALID_PLUGIN when a variant has an option that does not exist, or a composite without a name here.
 */
export function createLrp(settings: LrpSettings): GraphMethod<LrpOptionSpecs> {
  const { id, title, references, variants } = settings
  const vocabulary = extend(settings)
  return defineMethod({
    contract: 1,
    id,
    title,
    references,
    options: optionsFor(Object.keys(vocabulary.composites)),
    variants,
    traits: { resolution: 'input' },
    kind: 'graph',
    explain: (context) => propagateRelevance(context, vocabulary).at(context.model.image),
    ledger: (context) => ledgerOf(context, vocabulary),
  })
}
