import type { Pattern } from './graft/pattern.ts'
import type { Row } from './row.ts'
import type { WeightState } from './weights/state.ts'

/** Which class a condition explains; ranks are those of the original model's prediction on the original input. */
export type TargetPolicy =
  /** The `rank`-th most likely class: 0 the predicted one, 1 the runner-up, −1 the least likely. */
  | { readonly policy: 'rank'; readonly rank: number }
  /** A class drawn uniformly from the others, keyed by image and draw. */
  | { readonly policy: 'uniform'; readonly draw: number }
  /** The image's first label, or the label at `index` of several; the first where the image has fewer. */
  | { readonly policy: 'label'; readonly index?: number }
  | { readonly policy: 'class'; readonly index: number }
  /** The prediction of the condition's own weights and input. */
  | { readonly policy: 'argmax' }

/** How the input of a condition differs from the image. */
export type InputState =
  | { readonly kind: 'original' }
  /** Normal noise of `level` times the image's range (max − min), keyed by image and draw. */
  | { readonly kind: 'noise'; readonly level: number; readonly draw: number }
  /** Uniform noise within ± `radius` (in preprocessed units), keyed by image and draw. */
  | { readonly kind: 'uniform'; readonly radius: number; readonly draw: number }
  /** A constant added to every pixel (preprocessed units). */
  | { readonly kind: 'shift'; readonly amount: number }
  /**
   * `size`×`size` images of the same group tiled into one, each scaled down: the image in cell `cell`, the ones that follow
   * it, cyclically, in the other cells in order.
   */
  | { readonly kind: 'grid'; readonly size: number; readonly cell: number }
  /** A small pattern drawn into the image, at a place keyed by the image. */
  | { readonly kind: 'pattern'; readonly pattern: Pattern }

/** Relevance that starts as noise at a layer instead of at the class explained (Sixt et al. 2020, section 4). */
export interface RandomRelevance {
  /** The layer at whose output it starts: standard normal, keyed by image, layer and draw. */
  readonly from: string
  /** Independent starts, at least two; every pair of them is compared. */
  readonly draws: number
}

/** What is explained: weights, target, input, and the direction in logit space. A condition is JSON. Conditions with equal content, from any check, share one computation. */
export interface Condition {
  /** Unique within the check. */
  readonly id: string
  /** What the check says of this condition in its rows, such as step, block and draw; changes no map. */
  readonly protocol?: Row['protocol']
  readonly weights: WeightState
  readonly target: TargetPolicy
  readonly input: InputState
  /** What is explained of the class c, in logit space: e_c (`one-hot`, default), or e_c − 1/K (`centred`). */
  readonly direction?: 'one-hot' | 'centred'
  /** `one-channel` (default): signed sum over channels; `full`: as the method returns it. */
  readonly map?: 'one-channel' | 'full'
  /** Starts the variant's propagation elsewhere: instead of a map, `maps` then gives {@link GroupMaps.convergence}. */
  readonly relevance?: RandomRelevance
}
