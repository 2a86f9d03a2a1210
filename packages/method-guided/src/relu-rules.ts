import type { Model, Rules } from '@saliency/core'
import { atRectifiers, type RectifierSites } from './rectifiers.ts'

/** How the signal R goes back through y = ReLU(x). */
export type ReluRule = 'gradient' | 'deconvnet' | 'guided'

/** R · 1[x > 0]: the plain vector–Jacobian product. */
const gradient = (): Rules => ({})

/** R · 1[R > 0] (Zeiler & Fergus 2014, section 2.1): the signal is rectified, the activation plays no part. */
const deconvnet = (model: Model, sites: RectifierSites): Rules =>
  atRectifiers(model, sites, ({ signal, ops }) => [ops.relu(signal)])

/** R · 1[x > 0] · 1[R > 0] (Springenberg et al. 2015, section 3.4). */
const guided = (model: Model, sites: RectifierSites): Rules =>
  atRectifiers(model, sites, ({ signal, vjp, ops }) => vjp(ops.relu(signal)))

/** The family: three ways back through a rectifier, and nothing else differs. */
export const reluRules: Readonly<Record<ReluRule, (model: Model, sites: RectifierSites) => Rules>> = {
  gradient,
  deconvnet,
  guided,
}
