import { SaliencyError, type Model, type Node } from '@saliency/core'
import { keywords, matchesName, type Entry } from './notation.ts'
import { attentionLayers } from './attention-layers.ts'
import { isCentring, isNormPart, isProduct } from './kinds.ts'
import { treatments } from './operators.ts'
import type { Rule } from './rule.ts'
import { type NamedRules, resolveRule, type RuleDefaults } from './rule-names.ts'
import { epsilon } from './rules.ts'

/** What happens at a batch norm that is not merged into the layer before it. */
export type BatchNormPolicy = 'merge' | 'pass' | 'rule' | 'gradient' | 'innvestigate'

/** A composite ready for a model: which rule applies at which operator. */
export interface Composition {
  readonly batchNorm: BatchNormPolicy
  /** @throws UNSUPPORTED_OPERATOR when no entry covers a convolution or dense layer. */
  ruleFor(node: Node): Rule
}

/** The kind by which selectors address an operator. */
function kindOf(node: Node): string | undefined {
  const treatment = treatments[node.op]
  if (treatment === 'softmax') return 'softmax'
  if (isProduct(node)) return 'product'
  if (treatment === 'kernel') return node.op === 'Gemm' || node.op === 'MatMul' ? 'dense' : 'conv'
  if (isNormPart(node)) return 'norm'
  if (node.op === 'Add' || node.op === 'Sub') return 'sum'
  if (treatment === 'share') return 'pool'
  if (treatment === 'norm') return 'batch-norm'
  return treatment === 'pass' ? 'activation' : undefined
}

/** The classifier: the last layer with a kernel. */
function lastLinear(model: Model): string | undefined {
  return model.layers.findLast(({ parameters }) => parameters.some(({ role }) => role === 'kernel'))?.name
}

function fits(selector: string, node: Node, model: Model, attention: ReadonlySet<Node>): boolean {
  const kind = kindOf(node)
  const isKernel = kind === 'conv' || kind === 'dense'
  if (selector === '*') return isKernel
  if (selector === 'first') return isKernel && node.layer === model.firstLinear.name
  if (selector === 'last') return isKernel && node.layer === lastLinear(model)
  if (selector === 'attention') return attention.has(node)
  // A norm is made of sums; an entry of its own comes first only if it is written first.
  if (selector === 'sum') return kind === 'sum' || kind === 'norm'
  if (keywords.some((keyword) => keyword === selector)) return kind === selector
  // An activation inside a layer (a dense layer with its ReLU) is not what the layer's name is meant for.
  return kind !== 'activation' && node.layer !== undefined && matchesName(selector, node.layer)
}

function checkNames(entries: readonly Entry[], model: Model): void {
  for (const { selector } of entries) {
    if (keywords.some((keyword) => keyword === selector)) continue
    if (model.layers.some(({ name }) => matchesName(selector, name))) continue
    const names = model.layers.map(({ name }) => name).slice(0, 12)
    throw new SaliencyError(
      'UNKNOWN_LAYER',
      `lrp: '${selector}' in the option 'rules' is neither a keyword (${keywords.join(', ')}) nor a layer of ${model.name}, which has ${names.join(', ')}${model.layers.length > 12 ? ', …' : ''}.`,
    )
  }
}

/** What applies where no entry fits: proportional sharing, activations unchanged, batch norm by its policy. */
function fallback(node: Node, batchNorm: BatchNormPolicy, defaults: RuleDefaults): Rule {
  const kind = kindOf(node)
  if (kind === 'conv' || kind === 'dense') {
    throw new SaliencyError(
      'UNSUPPORTED_OPERATOR',
      `lrp: no rule covers ${node.op} in layer '${node.layer ?? '?'}'. Add '${kind}=epsilon' or '*=epsilon' to the option 'rules'.`,
    )
  }
  if (kind === 'activation') return 'pass'
  if (kind === 'product') return 'gate'
  if (kind === 'batch-norm' && (batchNorm === 'pass' || batchNorm === 'gradient')) return batchNorm
  if (isCentring(node)) return 'centre'
  return epsilon(sharingEpsilon(defaults))
}

/** ε of what no entry names, sums and means: with `epsilon` 0 the whole walk is LRP-0. */
export function sharingEpsilon({ epsilon: given, stabilizer }: RuleDefaults): number {
  return given === 0 ? 0 : stabilizer
}

/**
 * Binds a composite's entries to a model.
 * @throws INVALID_OPTION, UNKNOWN_LAYER
 */
export function compose(
  entries: readonly Entry[],
  model: Model,
  named: NamedRules,
  defaults: RuleDefaults & { readonly batchNorm: BatchNormPolicy },
): Composition {
  const { batchNorm } = defaults
  const attention = attentionLayers(model)
  checkNames(entries, model)
  const resolved = entries.map(({ selector, rule }) => ({
    selector,
    rule: resolveRule(rule, defaults, named),
  }))
  // A rule for batch norm says that it is not to be folded away.
  const isNamed = entries.some(({ selector }) => selector === 'batch-norm')
  return {
    batchNorm: isNamed && batchNorm === 'merge' ? 'rule' : batchNorm,
    ruleFor: (node) =>
      resolved.find(({ selector }) => fits(selector, node, model, attention))?.rule ??
      fallback(node, batchNorm, defaults),
  }
}
