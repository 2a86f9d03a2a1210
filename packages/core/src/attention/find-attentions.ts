import { dataInputs, dependsOnInput } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import { type Axis, count, lengthOf } from '../layout/axis.ts'
import type { Attention, UnrecognisedAttention } from './attention.ts'
import { blockEnd, normalised, projected, type Readers } from './block.ts'
import { headsView, type HeadsView } from './heads-view.ts'
import { type Product, scoresProduct, valuesProduct } from './products.ts'

/** What a model attends with. */
export interface Attentions {
  /** In order of depth. */
  readonly found: readonly Attention[]
  readonly unrecognised: readonly UnrecognisedAttention[]
}

type AxesOf = ReadonlyMap<Node, readonly Axis[]>

function readersOf(nodes: readonly Node[]): Readers {
  const readers = new Map<Node, Node[]>()
  for (const node of nodes) {
    for (const { value } of dataInputs(node))
      readers.set(value.node, [...(readers.get(value.node) ?? []), node])
  }
  return readers
}

/** The axes of a value where they say what each of its leading axes counts; undefined for what no image changes. */
function known(value: Value, axes: AxesOf): readonly Axis[] | undefined {
  const own = axes.get(value.node)
  const fits = value.shape.slice(0, -2).every((dim, axis) => lengthOf(own?.[axis] ?? []) === count(dim))
  return own && fits ? own : undefined
}

/** Whether an axis, counted from the end, counts nothing but features (no token is on it), or nothing of features. */
function isOf(what: 'features' | 'places', value: Value, axis: number, axes: AxesOf): boolean {
  const digits = axes.get(value.node)?.at(axis) ?? []
  return digits.length > 0 && digits.every(({ of }) => (of === 'features') === (what === 'features'))
}

const isUnread = (value: Value, axes: AxesOf) => dependsOnInput(value) && !known(value, axes)

/** The attention of one softmax, or what keeps it from being one. */
function attentionOf(
  softmax: Node<'Softmax'>,
  of: Product,
  weighting: Product,
  axes: AxesOf,
  readers: Readers,
): Attention | string {
  const { node: scores, side: keysSide } = of
  const { node: product, side } = weighting
  const keysAxis = softmax.attributes.axis - (softmax.inputs[0] as Value).shape.length
  if (keysAxis < -2) return 'its softmax does not run over the rows or columns of a product'
  if (isOf('features', softmax.outputs[0] as Value, keysAxis, axes)) return 'it weights features, not tokens'
  const view = (value: Value, isTurned: boolean) => headsView(value, known(value, axes), isTurned)
  const operand = (node: Node, index: number) => node.inputs[index] as Value
  const views = {
    scores: [softmax.inputs[0] as Value, keysAxis === -2],
    probabilities: [operand(product, 1 - side), side === 0],
    values: [operand(product, side), side === 0],
    output: [product.outputs[0] as Value, side === 0],
    queries: [operand(scores, 1 - keysSide), keysSide === 0],
    keys: [operand(scores, keysSide), keysSide === 1],
  } as const
  if (Object.values(views).some(([value]) => isUnread(value, axes)))
    return 'its axes cannot be told apart as images, heads and tokens'
  const made = Object.fromEntries(
    Object.entries(views).map(([name, [value, isTurned]]) => [name, view(value, isTurned)]),
  ) as Record<keyof typeof views, HeadsView>
  const { windows } = made.scores
  const [queries, keys] = made.scores.value.shape.slice(2) as [number, number]
  const normed = projected(queries > keys ? views.queries[0] : views.values[0])
  return {
    layer: softmax.layer ?? '',
    scores: made.scores.value,
    probabilities: made.probabilities.value,
    values: made.values.value,
    queries: made.queries.value,
    keys: made.keys.value,
    output: made.output.value,
    input: normalised(normed) ?? normed,
    normed,
    blockOutput: blockEnd(product, normed, readers),
    mixesHeads: of.mixesHeads || weighting.mixesHeads,
    ...(windows > 1 && { windows: { count: windows, tokens: keys } }),
  }
}

/** Products of two signals that belong to no attention found, and what else weights places. */
function leftOver(nodes: readonly Node[], used: ReadonlySet<Node>, reasons: ReadonlyMap<Node, string>) {
  const found = new Map<string, string>()
  for (const node of nodes) {
    const isProduct = isNode(node, 'MatMul') && dataInputs(node).length === 2
    if (used.has(node) || !(isProduct || reasons.has(node))) continue
    const layer = node.layer ?? ''
    if (!found.has(layer)) found.set(layer, reasons.get(node) ?? 'no softmax lies between its products')
  }
  return [...found].map(([layer, reason]) => ({ layer, reason }))
}

/**
 * Finds a model's attentions by their pattern, softmax(queries · keysᵀ …) · values, whatever wrote the file and wherever it
 * puts scale, masks, biases, heads and windows; and names the products of two signals that do not fit it.
 * @param nodes the model's, in order of execution
 * @param axes what their axes count
 */
export function findAttentions(nodes: readonly Node[], axes: AxesOf): Attentions {
  const readers = readersOf(nodes)
  const found: Attention[] = []
  const used = new Set<Node>()
  const reasons = new Map<Node, string>()
  for (const softmax of nodes) {
    if (!isNode(softmax, 'Softmax') || !dependsOnInput(softmax.outputs[0] as Value)) continue
    const [scores, weighting] = [scoresProduct(softmax), valuesProduct(softmax, readers)]
    const both = [scores, weighting].flatMap((each) => each?.node ?? [])
    if (both.length === 0) {
      // Separable attention, as in MobileViTv2: one score a place.
      const [output] = softmax.outputs as readonly [Value]
      if (isOf('places', output, softmax.attributes.axis - output.shape.length, axes))
        reasons.set(softmax, 'its softmax weights places by scores that are no product of queries and keys')
      continue
    }
    const attention =
      scores && weighting
        ? attentionOf(softmax, scores, weighting, axes, readers)
        : 'its softmax does not lie between the products of queries and keys and of values'
    if (typeof attention === 'string') for (const node of both) reasons.set(node, attention)
    else {
      found.push(attention)
      for (const node of both) used.add(node)
    }
  }
  return { found, unrecognised: leftOver(nodes, used, reasons) }
}
