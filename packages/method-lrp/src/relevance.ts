import type { LinearSite, RuleTable, Site } from '@saliency/core'
import { type Treatment, treatments } from './operators.ts'
import { treat } from './treat.ts'
import type { Walk } from './walk.ts'

const zeros = ({ inputs, ops }: Site) => inputs.map((input) => ops.fill(input.shape, 0))

/** The rules of one composite for core's backward walk. Where no relevance arrives, none is handed down. */
export function relevanceRules(walk: Walk): RuleTable {
  const ruleOf = (treatment: Treatment) => (site: LinearSite) => {
    const isSilent = site.signal.sign === 'zero'
    const received = isSilent ? zeros(site) : treat[treatment](site, walk)
    if (!isSilent) walk.witness?.operator(site, treatment, received)
    return received
  }
  return Object.fromEntries(
    Object.entries(treatments).map(([op, treatment]) => [op, ruleOf(treatment)]),
  ) as RuleTable
}
