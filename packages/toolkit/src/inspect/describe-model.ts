import { counted, type Attention, type Layer, type Model } from '@saliency/core'

/** Kinds of norms in words, by what formats call them. */
const normNames: readonly (readonly [RegExp, string])[] = [
  [/^LayerNorm/, 'layer norm'],
  [/^BatchNorm/, 'batch norm'],
  [/^GroupNorm/, 'group norm'],
  [/^InstanceNorm/, 'instance norm'],
  [/^(RMS|SimplifiedLayer)Norm/, 'RMS norm'],
  [/^LpNorm/, 'division by the length'],
]

function normName({ kind, nodes, parameters }: Layer): string | undefined {
  const named = normNames.find(([pattern]) => pattern.test(kind))?.[1]
  if (named !== undefined) return named
  if (nodes.some(({ op }) => op === 'BatchNormalization')) return 'batch norm'
  return parameters.some(({ role }) => role === 'gamma') ? `norm (${kind})` : undefined
}

/** How many layers there are of each kind of norm. */
export function normsOf({ layers }: Model): Readonly<Record<string, number>> {
  const names = layers.flatMap((layer) => normName(layer) ?? [])
  return Object.fromEntries(
    [...new Set(names)].map((name) => [name, names.filter((one) => one === name).length]),
  )
}

/** The norms in words: 13 × layer norm. */
export function formatNorms(model: Model): string {
  const found = Object.entries(normsOf(model)).map(([name, count]) => `${count} × ${name}`)
  return found.length > 0 ? found.join(', ') : 'none, or merged into other layers'
}

/** What attentions have in common, in words. */
function kindOf({ scores, windows, mixesHeads }: Attention): string {
  const [, heads = 1, queries = 1, keys = 1] = scores.shape
  const inside = windows ? ` in ${windows.count} windows` : ''
  const mixing = mixesHeads ? ', heads mixed' : ''
  return `${counted(Number(heads), 'head')}, ${queries} × ${keys} tokens${inside}${mixing}`
}

/** Tokens and attentions, a line each; nothing of a network without. */
export function describeAttention({ tokens, attentions, unrecognisedAttentions }: Model): readonly string[] {
  const kinds = attentions.map(kindOf)
  const grouped = [...new Set(kinds)].map(
    (kind) => `${kinds.filter((one) => one === kind).length} of ${kind}`,
  )
  const isTransformer = attentions.length + unrecognisedAttentions.length > 0
  const grid = tokens && `${tokens.grid.height} × ${tokens.grid.width} places of the image`
  return [
    ...(grid ? [`tokens: ${tokens.prefix > 0 ? `${tokens.prefix} in front of ` : ''}${grid}`] : []),
    ...(!grid && isTransformer ? ['tokens: none that stand in rows and columns'] : []),
    ...(attentions.length > 0 ? [`attentions: ${attentions.length}; ${grouped.join('; ')}`] : []),
    ...unrecognisedAttentions.map(({ layer, reason }) => `no attention over tokens in '${layer}': ${reason}`),
  ]
}
