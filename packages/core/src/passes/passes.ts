import type { Plan } from '../engine.ts'
import type { RecognisingPass } from '../canonize/recognised.ts'
import { absorbedScales } from './absorbed-scales.ts'
import type { BuildPass } from './build-pass.ts'
import { channelExtremes } from './channel-extremes.ts'
import { channelSums } from './channel-sums.ts'
import { commonFactors } from './common-factors.ts'
import { croppedConvolutions } from './cropped-convolutions.ts'
import { flippedKernels } from './flipped-kernels.ts'
import { identities } from './identities.ts'
import { loneBiases } from './lone-biases.ts'
import { maskedPools } from './masked-pools.ts'
import { mergedProducts } from './merged-products.ts'
import { mergedBatchNorms } from './merged-batch-norms.ts'
import { mergedBiases } from './merged-biases.ts'
import { mergedResizes } from './merged-resizes.ts'
import { negations } from './negations.ts'
import type { Pass } from './pass.ts'
import { recognisedActivations } from './recognised-activations.ts'
import { recognisedNorms } from './recognised-norms.ts'
import { spreadSignals } from './spread-signals.ts'
import { summedConvolutions } from './summed-convolutions.ts'
import { zeros } from './zeros.ts'

/** Passes over an imported model; the first that finds something at a node counts. */
export const importPasses: readonly RecognisingPass[] = [recognisedActivations, recognisedNorms]

/** Passes over each node that rules and methods build; the first that knows something simpler counts. A model's layers are left as they are. */
export const buildPasses: readonly BuildPass[] = [
  zeros,
  identities,
  negations,
  loneBiases,
  commonFactors,
  channelSums,
  channelExtremes,
  mergedResizes,
  croppedConvolutions,
  spreadSignals,
  maskedPools,
]

/** Passes over a whole plan. */
const planPasses: readonly Pass<(plan: Plan) => Plan>[] = [mergedProducts, summedConvolutions]

/** What every engine makes of a plan before it opens it. */
export const rewritePlan = (plan: Plan): Plan =>
  planPasses.reduce((rewritten, { rewrite }) => rewrite(rewritten), plan)

/** Every rewrite of the graph in this package, in the order in which they apply; an engine has a list of its own. */
export const passes: readonly Pass[] = [
  ...importPasses,
  ...buildPasses,
  mergedBiases,
  mergedBatchNorms,
  absorbedScales,
  flippedKernels,
  ...planPasses,
]
