import type { Options } from '@saliency/core'
import { lrp } from '../../../method-lrp/src/index.ts'
import { propagateRelevance } from '../../../method-lrp/src/explain.ts'
import { shipped } from '../../../method-lrp/src/vocabulary.ts'
import { type Answer, contextFor, evaluate, layerOf, mapOf, type Question } from './answer.ts'
import { flat, type Nested, type PeerCase } from './cases.ts'

/** How a case writes a rule. */
interface PeerRule {
  readonly rule: string
  readonly epsilon?: number
  readonly gamma?: number
  readonly alpha?: number
  readonly beta?: number
  readonly stabilizer?: number
  readonly low?: number
  readonly high?: number
  readonly variant?: string
}

/** A peer's rule in our notation. */
function ruleText(rule: PeerRule, peer: PeerCase): string {
  const isCaptum = peer.source.repo === 'pytorch/captum'
  const { stabilizer: given } = rule
  // Captum stabilises every rule with 1e-9, Zennit with 1e-6 unless told otherwise.
  const stabilizer = given ?? (isCaptum ? 1e-9 : 1e-6)
  const { alpha = 1, beta = 0, gamma = 0.25 } = rule
  switch (rule.rule) {
    case 'epsilon':
      return `epsilon(${rule.epsilon})`
    case 'pass':
      return 'pass'
    case 'zplus':
      return `z-plus(${stabilizer})`
    case 'flat':
      return `flat(${stabilizer})`
    case 'zbox':
      return `box(${stabilizer})`
    case 'captum-gamma':
      return `captum-gamma(${gamma}, ${stabilizer})`
    case 'gamma':
      return `${isCaptum ? 'captum-gamma' : 'gamma'}(${gamma}, ${stabilizer})`
    case 'captum-alpha1beta0':
      return `captum-alpha1-beta0(${stabilizer})`
    case 'alphaBeta':
    case 'alphabeta':
      return isCaptum ? `captum-alpha1-beta0(${stabilizer})` : `alpha-beta(${alpha}, ${beta}, ${stabilizer})`
    default:
      throw new Error(`internal: ${peer.id} names the unknown rule ${rule.rule}`)
  }
}

/** Rules by layer, kind of layer, or for everything; `*` covers sums, pools and batch norm as well. */
function rulesText(rules: Readonly<Record<string, PeerRule>>, peer: PeerCase): string {
  return Object.entries(rules)
    .flatMap(([where, rule]) => {
      const text = ruleText(rule, peer)
      const selectors = where === '*' ? ['sum', 'pool', 'batch-norm', '*'] : where.split(',')
      return selectors.map((selector) => `${selector}=${text}`)
    })
    .join('; ')
}

/** Our options for what a case prescribes. */
export function lrpOptions(peer: PeerCase): Options {
  const { params } = peer
  const start = params['init'] === 'one' ? 'one-hot' : 'logit'
  if (params['composite'] !== undefined) return zennitOptions(peer, start)
  if (peer.method === 'excitationBackprop') {
    const rules = '*=z-plus; activation=gradient'
    return { rules, batchNorm: 'gradient', start }
  }
  if (peer.method === 'lrp.layer') {
    const rule = params['rule'] as string | undefined
    const one = rule === undefined ? [] : [`${peer.layer}=${ruleText(params as unknown as PeerRule, peer)}`]
    return { rules: one.join(), batchNorm: 'rule', stabilizer: 0 }
  }
  const rules = (params['rules'] ?? {}) as Readonly<Record<string, PeerRule>>
  const norm =
    params['batchNorm'] === undefined
      ? ''
      : '; batch-norm=epsilon(1e-9); sum=epsilon(1e-9); pool=epsilon(1e-9)'
  return { rules: `${rulesText(rules, peer)}${norm}`, batchNorm: 'rule', start }
}

/** Zennit's composites by their parts. */
function zennitOptions(peer: PeerCase, start: string): Options {
  const { conv, first, dense, stabilizer, batchNorm, zeroBias } = peer.params as unknown as {
    conv: PeerRule
    first: PeerRule | null
    dense: PeerRule
    stabilizer: number
    batchNorm: string
    zeroBias: boolean
  }
  const entries = [
    first && `first=${ruleText(first, peer)}`,
    `conv=${ruleText(conv, peer)}`,
    `dense=${ruleText(dense, peer)}`,
  ]
  const bounds = first?.low === undefined ? {} : { low: `${first.low}`, high: `${first.high}` }
  const rules = entries.filter((entry) => entry !== null).join('; ')
  return { rules, stabilizer, batchNorm, ignoreBias: zeroBias, start, ...bounds }
}

/** One layer alone: the given relevance is what arrives at its output. */
async function oneLayer(question: Question): Promise<readonly number[]> {
  const relevance = flat(question.peer.params['relevanceOut'] as Nested)
  question.direction.data.set(relevance)
  return mapOf(question, lrp, lrpOptions(question.peer))
}

const map: Answer = (question) => mapOf(question, lrp, lrpOptions(question.peer))

/** Our relevance for every LRP case. */
export const lrpAnswers: Readonly<Record<string, Answer>> = {
  lrp: map,
  excitationBackprop: map,
  'lrp.layer': oneLayer,
  'lrp.layerOutput'(question) {
    const context = contextFor(question, lrp, lrpOptions(question.peer))
    return evaluate(question, propagateRelevance(context, shipped).at(layerOf(question)))
  },
}
