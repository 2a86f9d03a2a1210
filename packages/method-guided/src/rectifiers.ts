import type { AnyRule, Model, Rules } from '@saliency/core'

/** Which operators count as rectifiers: every one that cuts or damps negative values, or ReLU alone (Captum's convention). */
export type RectifierSites = 'rectifiers' | 'relu'

/** The same rule at every rectifier of the model. */
export function atRectifiers({ rectifiers }: Model, sites: RectifierSites, rule: AnyRule): Rules {
  return [[(node) => rectifiers.has(node) && (sites === 'rectifiers' || node.op === 'Relu'), rule]]
}
