import type { OptionValues, Value } from '@saliency/core'
import type { Features } from './features.ts'
import type { gradcamppOptions } from './options.ts'
import { official, plain, signed, unnormalised } from './plus-plus.ts'

/** The weight of every channel `[n, k, 1, 1]`, or of every unit `[n, k, h', w']`. */
export type Weighting = (features: Features) => Value

/** The names that the option `weights` takes. */
export type WeightingName = OptionValues<typeof gradcamppOptions>['weights']

const space = { axes: [2, 3] }
/** Keeps XGrad-CAM's quotient finite on a channel without activation (pytorch-grad-cam's value). */
const epsilon = 1e-7

/** Every member of the family is Σₖ wₖ Aₖ; here is what each takes for w. */
export const weightings: Readonly<Record<WeightingName, Weighting>> = {
  /** mean g (Selvaraju et al. 2017, equation 1) */
  mean: ({ g, ops }) => ops.reduceMean(g, space),
  /** mean ReLU(g) (Lerma & Lucas 2022, Grad-CAM+) */
  'positive-pixel': ({ g, ops }) => ops.reduceMean(ops.relu(g), space),
  /** ReLU(mean g) */
  'positive-channel': ({ g, ops }) => ops.relu(ops.reduceMean(g, space)),
  /** mean |g| */
  absolute: ({ g, ops }) => ops.reduceMean(ops.abs(g), space),
  /** mean ReLU(−g) */
  negative: ({ g, ops }) => ops.reduceMean(ops.relu(ops.neg(g)), space),
  /** Σ g A / Σ A (Fu et al. 2020, equation 10) */
  axiom: ({ A, g, ops }) =>
    ops.div(ops.reduceSum(ops.mul(g, A), space), ops.add(ops.reduceSum(A, space), epsilon)),
  /** g itself (Draelos & Carin 2020, HiResCAM) */
  element: ({ g }) => g,
  /** ReLU(g) (Jiang et al. 2021, LayerCAM) */
  'positive-element': ({ g, ops }) => ops.relu(g),
  'plus-plus': official,
  'plus-plus-unnormalised': unnormalised,
  'plus-plus-signed': signed,
  'plus-plus-plain': plain(({ g, ops }) => ops.relu(g)),
  'plus-plus-plain-signed': plain(({ g }) => g),
  'plus-plus-plain-negative': plain(({ g, ops }) => ops.neg(ops.relu(ops.neg(g)))),
  'plus-plus-plain-absolute': plain(({ g, ops }) => ops.abs(g)),
}
