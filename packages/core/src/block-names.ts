import type { Attention } from './attention/attention.ts'
import type { Layer } from './model.ts'

/** Layers that a block's name is made from. */
type Group = readonly Layer[]

/** The longest common prefix of layer names up to a separator, or the last layer's own name. */
function commonName(layers: Group): string {
  const names = layers.map((layer) => layer.name)
  const [first = ''] = names
  if (names.length === 1) return first
  const parts = first.split(/(?<=[./_-])/)
  let prefix = ''
  for (const part of parts) {
    if (!names.every((name) => name.startsWith(prefix + part))) break
    prefix += part
  }
  return prefix.replace(/[./_-]+$/, '') || (names.at(-1) as string)
}

const hasRole = (role: string) => (layer: Layer) => layer.parameters.some((one) => one.role === role)
const hasKernel = hasRole('kernel')

/** What a block of a transformer is called where its file gives its layers no common path. */
function kindsOf(groups: readonly Group[], attentions: readonly Attention[]): (string | undefined)[] {
  const attending = new Set(attentions.map(({ layer }) => layer))
  const isAttending = (group: Group) => group.some(({ name }) => attending.has(name))
  const from = groups.findIndex(isAttending)
  return groups.map((group, at) => {
    const kernels = group.filter(hasKernel).length
    if (isAttending(group)) return 'attention'
    if (from >= 0 && kernels === 0 && at <= from && group.some(hasRole('other'))) return embeddingKind(group)
    return from >= 0 && at > from && kernels > 1 ? 'mlp' : undefined
  })
}

/** Trained tokens beside those of the image, or what is added to all of them. */
function embeddingKind(group: Group): string {
  const joins = group.some(({ nodes }) => nodes.some(({ op }) => op === 'Concat'))
  return joins ? 'prefix-tokens' : 'positions'
}

/**
 * Names of blocks: what a block's layers have in common. In a transformer that are the layers with kernels, since the norm
 * and the sum of a block often lie a step above them; where its file numbers operators instead (`node_conv_1`,
 * `node_conv_2`), its blocks are `attention-0`, `mlp-0` and so on. Of other networks such a block has the name of its last
 * layer with parameters.
 */
export function blockNames(groups: readonly Group[], attentions: readonly Attention[]): readonly string[] {
  const kinds = kindsOf(groups, attentions)
  const parts = groups.map((group, at) => {
    const named = kinds[at] === undefined ? [] : group.filter(hasKernel)
    return named.length > 0 ? named : group.filter(({ parameters }) => parameters.length > 0)
  })
  const common = parts.map(commonName)
  const count = new Map<string, number>()
  const taken = new Set<string>()
  return parts.map((layers, at) => {
    const [shared, kind] = [common[at] as string, kinds[at]]
    const number = count.get(kind ?? '') ?? 0
    count.set(kind ?? '', number + 1)
    const isOwn = common.indexOf(shared) === common.lastIndexOf(shared) && !isEmbedding(kind)
    const other = isEmbedding(kind) ? (kind as string) : kind && `${kind}-${number}`
    const base = isOwn ? shared : (other ?? layers.at(-1)?.name ?? shared)
    let name = base
    for (let next = 2; taken.has(name); next++) name = `${base}:${next}`
    taken.add(name)
    return name
  })
}

const isEmbedding = (kind: string | undefined) => kind === 'prefix-tokens' || kind === 'positions'
