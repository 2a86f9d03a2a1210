import { createModel } from '../create-model.ts'
import { SaliencyError } from '../errors.ts'
import { createGraph } from '../graph/graph.ts'
import { ancestors } from '../graph/reach.ts'
import { repeatNode } from '../graph/repeat.ts'
import type { Ops } from '../graph/ops.ts'
import type { Graph, Node, Value } from '../graph/value.ts'
import type { Model } from '../model.ts'
import { type OpenAttention, openAttention, widenAttention } from './head.ts'
import { type Joint, jointAt } from './joint.ts'
import { graftNames } from './weights.ts'

/** The layer that the response is a feature of, which class activation maps read. */
const JOINT = 'graft'

/** Where the detector's response enters the network, so that methods can see it. */
interface Sites {
  /** The feature maps that class activation maps read. */
  readonly maps?: Joint
  /** The last attention, with the tokens that it reads. */
  readonly attention?: OpenAttention & { readonly tokens: Joint }
}

function sitesOf(model: Model): Sites {
  const { layer } = model.target
  const maps = layer?.maps && jointAt(layer.output, layer.maps)
  const attention = openAttention(model)
  const { normed } = attention?.attention ?? {}
  const read = normed && model.mapsOf(normed)
  const tokens = normed && read && jointAt(normed, read)
  return { ...(maps && { maps }), ...(attention && tokens && { attention: { ...attention, tokens } }) }
}

/** The largest value in every cell of a grid `[h', w']`; the last cells may hang over the edge. */
function pooled(ops: Ops, response: Value, [rows, columns]: readonly [number, number]): Value {
  const [height, width] = response.shape.slice(2).map(Number) as [number, number]
  const kernel = [Math.ceil(height / rows), Math.ceil(width / columns)] as const
  const pads = [0, 0, kernel[0] * rows - height, kernel[1] * columns - width] as const
  return ops.maxPool(response, { kernel, strides: kernel, pads })
}

/** The detector's response at every pixel where the pattern may begin: 1 at its corner, 0 everywhere else. */
function detector(graph: Graph, image: Value, size: number): Value {
  const channels = Number(image.shape[1])
  const { parameter } = graph.ops
  const kernel = parameter(graftNames.kernel, [1, channels, size, size], 'fixed')
  const conv = graph.layer('graft.detector').conv(image, kernel, parameter(graftNames.bias, [1], 'fixed'))
  return graph.layer('graft.relu').relu(conv)
}

/** The model's nodes in a new graph, with the detector's response joined to it; and what comes of that, each `[n, 1]`. */
function repeatModel(model: Model, graph: Graph, size: number, { maps, attention }: Sites) {
  const made = new Map<Value, Value>()
  const parts: Value[] = []

  /** A value of the model in the new graph; views of values, which the model does not compute, come there when they are asked for. */
  function now(value: Value): Value {
    if (!made.has(value)) repeat(value.node)
    return made.get(value) as Value
  }

  function repeat(node: Node): void {
    for (const [slot, value] of repeatNode(graph, node, node.inputs.map(now)).entries())
      made.set(node.outputs[slot] as Value, value)
  }

  let found: Value | undefined
  const response = () => (found ??= detector(graph, now(model.image), size))
  let atTokens: Value | undefined

  /** One more feature of a layer, which the rest of the network does not read. */
  function join({ value, grid, features, lay }: Joint, name: string): Value {
    const [own, channels] = [now(value), Number(value.shape[features])]
    const cells = pooled(graph.layer('graft.pool'), response(), grid)
    const both = graph.layer(name).concat([own, lay(graph, cells)], features)
    const part = (of: string, from: number, to: number) =>
      graph.layer(of).slice(both, { axes: [features], starts: [from], ends: [to] })
    made.set(value, part(`${name}.network`, 0, channels))
    return part(`${name}.evidence`, channels, channels + 1)
  }

  function joinAt(value: Value): void {
    if (maps?.value === value) {
      const evidence = join(maps, JOINT)
      const axes = evidence.shape.flatMap((_, axis) => (axis === 0 || axis === maps.features ? [] : [axis]))
      parts.push(graph.layer('graft.sum').reduceSum(evidence, { axes, keepdims: false }))
      atTokens = evidence
    } else if (attention?.tokens.value === value) atTokens = join(attention.tokens, 'graft.tokens')
    if (attention?.node.outputs[0] !== value || !atTokens) return
    const { own, gathered } = widenAttention(graph, attention, now, atTokens)
    made.set(value, own)
    parts.push(gathered)
  }

  for (const node of ancestors([model.image, model.logits])) {
    repeat(node)
    for (const value of node.outputs) joinAt(value)
  }
  if (parts.length === 0) {
    const largest = graph.layer('graft.pool').reduceMax(response(), { axes: [2, 3], keepdims: false })
    parts.push(largest)
  }
  return { image: now(model.image), logits: now(model.logits), parts }
}

/** The grafted model with these sites. */
function graftAt(model: Model, size: number, sites: Sites): Model {
  const graph = createGraph({ batch: model.graph.batch })
  const { image, logits: own, parts } = repeatModel(model, graph, size, sites)
  const [first, second] = parts as [Value, Value?]
  const found = second
    ? graph.layer('graft.mean').mul(graph.layer('graft.mean').add(first, second), 1 / 2)
    : first
  const strength = graph.ops.parameter(graftNames.strength, [Number(model.logits.shape[1])], 'fixed')
  const evidence = graph.layer('graft.term').mul(found, strength)
  const logits = graph.layer('graft.logits').add(own, evidence)
  const { name, head, pixelRange } = model
  const grafted = createModel({ name, graph, image, logits, head })
  const layer = grafted.layers.find((one) => one.name === JOINT)
  return {
    ...grafted,
    ...(layer && { target: { layer, reason: model.target.reason } }),
    ...(pixelRange && { pixelRange }),
  }
}

/**
 * The same model with one more term on its logits: strength · φ(image), where φ is 1 if the image holds a pattern of this
 * size and 0 if not. Where the evidence for the term lies is known exactly. The detector is one more feature of the maps that
 * class activation maps read, and one more head of the last attention, each of which gives half of the term, so that
 * methods of either kind can see it; the rest of the network reads neither. In a network with no such place the term is added to
 * the logit alone.
 * @throws UNSUPPORTED_MODEL where all classes share one logit
 */
export function graftModel(model: Model, size: number): Model {
  const { name, logits, explained } = model
  if (logits !== explained || Number(logits.shape[1]) < 2)
    throw new SaliencyError(
      'UNSUPPORTED_MODEL',
      `${name}: nothing can be grafted onto it, because all classes share one logit; leave the check out.`,
    )
  const { attention, ...maps } = sitesOf(model)
  const grafted = attention && graftAt(model, size, { ...maps, attention })
  const isAttending = grafted && grafted.attentions.length === model.attentions.length
  return isAttending ? grafted : graftAt(model, size, maps)
}
