import { defineMethod, type GraphMethod, type VariantSpec } from '@saliency/core'
import { ledgerOf } from './ledger.ts'
import { atImage, atTokens } from './map.ts'
import { optionsFor, type LrpOptionSpecs } from './options.ts'
import { extend, type Vocabulary } from './vocabulary.ts'

/** What a method by relevance propagation is made from: rules and composites besides this package's, and its variants. */
export interface LrpSettings extends Partial<Vocabulary> {
  readonly id: string
  readonly title: string
  /** Paper, section and equation. */
  readonly references: readonly string[]
  /** Where maps are shown: at the image, or at the output of the first layer, `[n, 1, h, w]`; default the image. */
  readonly at?: 'image' | 'tokens'
  readonly variants: Readonly<Record<string, VariantSpec<LrpOptionSpecs>>>
}

/**
 * Makes a method of layer-wise relevance propagation with rules and composites of one's own beside this package's; maps are
 * `[n, c, h, w]`, at the image's resolution unless `at` says otherwise. An own name that this package has, too, stands for one's own.
 * @throws INVALID_PLUGIN when a variant has an option that does not exist, or a composite without a name here.
 */
export function createLrp(settings: LrpSettings): GraphMethod<LrpOptionSpecs> {
  const { id, title, references, variants, at = 'image' } = settings
  const vocabulary = extend(settings)
  return defineMethod({
    contract: 1,
    id,
    title,
    references,
    options: optionsFor(Object.keys(vocabulary.composites)),
    variants,
    traits: { resolution: at === 'image' ? 'input' : 'layer' },
    // A modified gradient starts nowhere: the logit cancels.
    traitsOf: ({ start, shows }) => (start === 'logit' && shows === 'relevance' ? { start } : {}),
    kind: 'graph',
    explain: (context) => (at === 'image' ? atImage : atTokens)(context, vocabulary),
    ledger: (context) => ledgerOf(context, vocabulary),
  })
}
