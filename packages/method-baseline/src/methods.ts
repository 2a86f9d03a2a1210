import { baseline } from './baseline.ts'
import { integratedGradients } from './integrated-gradients.ts'
import { occlusion } from './occlusion.ts'
import { smoothgrad } from './smoothgrad.ts'

/** The package's methods: one per kind of computation. */
const methods: readonly [typeof baseline, typeof smoothgrad, typeof integratedGradients, typeof occlusion] = [
  baseline,
  smoothgrad,
  integratedGradients,
  occlusion,
]
export default methods
