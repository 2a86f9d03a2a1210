import type { LinearSite, RuleTable, Site } from '@saliency/core'
import { isProduct } from './kinds.ts'
import { type Treatment, treatments } from './operators.ts'
import { treat } from './treat.ts'
import type { Walk } from './walk.ts'

const zeros = ({ inputs, ops }: Site) => inputs.map((input) => ops.fill(input.shape, 0))

/** What happens at an operator, for the ledger: the rule's name where the composite decides, else the treatment. */
function labelOf({ node, inputs }: LinearSite, treatment: Treatment, { composition }: Walk): string {
  const isDecided = treatment === 'softmax' || isProduct(node) || (node.op === 'Add' && inputs.length > 0)
  const rule = isDecided ? composition.ruleFor(node) : treatment
  return typeof rule === 'string' ? rule : rule.name
}

/** The rules of one composite for core's backward walk. Where no relevance arrives, none is handed down. */
export function relevanceRules(walk: Walk): RuleTable {
  const ruleOf = (treatment: Treatment) => (site: LinearSite) => {
    const isSilent = site.signal.sign === 'zero'
    const received = isSilent ? zeros(site) : treat[treatment](site, walk)
    if (!isSilent) walk.witness?.operator(site, labelOf(site, treatment, walk), received)
    return received
  }
  return Object.fromEntries(
    Object.entries(treatments).map(([op, treatment]) => [op, ruleOf(treatment)]),
  ) as RuleTable
}
