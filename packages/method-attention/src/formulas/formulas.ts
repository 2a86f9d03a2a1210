import type { OptionValues } from '@saliency/core'
import type { attentionOptions } from '../options.ts'
import { beyondIntuition } from './beyond-intuition.ts'
import { genatt } from './genatt.ts'
import { legrad } from './legrad.ts'
import { gradRollout, raw, rollout } from './rollout.ts'
import { agcam, gradcam } from './rows.ts'
import type { Formula } from './site.ts'
import { attcat, cdam } from './tokens.ts'

/** The names that the option `map` takes. */
export type MapName = OptionValues<typeof attentionOptions>['map']

/** The formulas by name. */
export const formulas: Readonly<Record<MapName, Formula>> = {
  raw,
  rollout,
  'grad-rollout': gradRollout,
  gradcam,
  genatt,
  legrad,
  agcam,
  attcat,
  cdam,
  'beyond-intuition': beyondIntuition,
}
