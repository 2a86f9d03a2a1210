import { createModel } from '../create-model.ts'
import { SaliencyError } from '../errors.ts'
import { createGraph } from '../graph/graph.ts'
import { ancestors } from '../graph/reach.ts'
import { repeatNode } from '../graph/repeat.ts'
import type { Ops } from '../graph/ops.ts'
import type { Graph, Node, Value } from '../graph/value.ts'
import type { Model } from '../model.ts'
import { tensor, type FloatTensor, type Weights } from '../tensor.ts'
import { type Pattern, patternValues } from './pattern.ts'

/** Names of the parameters that a graft adds. */
const names = { kernel: 'graft/kernel', bias: 'graft/bias', strength: 'graft/strength' } as const

/** Of the pattern's own response, how much a place must have to count: natural images have no such contrast. */
const BOUND = 0.75

/** Where the detector joins the network: the feature maps that class activation maps read, channels first. */
function jointOf({ target: { layer, reason }, name, logits, explained }: Model): Value {
  const output = layer?.output
  if (logits !== explained || Number(logits.shape[1]) < 2)
    throw new SaliencyError(
      'UNSUPPORTED_MODEL',
      `${name}: nothing can be grafted onto it, because all classes share one logit; leave the check out.`,
    )
  if (layer?.maps && output && output.shape.length === 4 && layer.maps.of(output) === output) return output
  throw new SaliencyError(
    'UNSUPPORTED_MODEL',
    `${name}: nothing can be grafted onto it, because it has no feature maps [n, c, h, w] that everything passes (${reason}); leave the check out.`,
  )
}

/** The largest value in every cell of a grid `[h', w']`; the last cells may hang over the edge. */
function pooled(ops: Ops, response: Value, [rows, columns]: readonly [number, number]): Value {
  const [height, width] = response.shape.slice(2).map(Number) as [number, number]
  const kernel = [Math.ceil(height / rows), Math.ceil(width / columns)] as const
  const pads = [0, 0, kernel[0] * rows - height, kernel[1] * columns - width] as const
  return ops.maxPool(response, { kernel, strides: kernel, pads })
}

/** The detector's response on the grid of the joint: 1 in the cell with the pattern, 0 everywhere else. */
function detector(graph: Graph, image: Value, joint: Value, size: number): Value {
  const channels = Number(image.shape[1])
  const { parameter } = graph.ops
  const kernel = parameter(names.kernel, [1, channels, size, size], 'fixed')
  const conv = graph.layer('graft.detector').conv(image, kernel, parameter(names.bias, [1], 'fixed'))
  const response = graph.layer('graft.relu').relu(conv)
  return pooled(graph.layer('graft.pool'), response, joint.shape.slice(2).map(Number) as [number, number])
}

/**
 * The same model with one more term on its logits: strength · φ(image), where φ is 1 if the image holds a pattern of this
 * size and 0 if not. The detector is one more channel of the feature maps that class activation maps read, so that every
 * method can see it; the rest of the network does not read it. Where the evidence for the term lies is known exactly.
 * @throws UNSUPPORTED_MODEL where all classes share one logit, or no feature maps are passed by everything
 */
export function graftModel(model: Model, size: number): Model {
  const joint = jointOf(model)
  const graph = createGraph({ batch: model.graph.batch })
  const made = new Map<Value, Value>()
  const now = (value: Value) => made.get(value) as Value
  let evidence: Value | undefined

  function repeat(node: Node): void {
    for (const [slot, value] of repeatNode(graph, node, node.inputs.map(now)).entries())
      made.set(node.outputs[slot] as Value, value)
  }

  function join(): void {
    const [own, channels] = [now(joint), Number(joint.shape[1])]
    const found = detector(graph, now(model.image), own, size)
    const both = graph.layer('graft').concat([own, found], 1)
    const part = (name: string, from: number, to: number) =>
      graph.layer(name).slice(both, { axes: [1], starts: [from], ends: [to] })
    made.set(joint, part('graft.network', 0, channels))
    const map = part('graft.evidence', channels, channels + 1)
    const sum = graph.layer('graft.sum').reduceSum(map, { axes: [2, 3], keepdims: false })
    const strength = graph.ops.parameter(names.strength, [Number(model.logits.shape[1])], 'fixed')
    evidence = graph.layer('graft.term').mul(sum, strength)
  }

  for (const node of ancestors([model.image, model.logits])) {
    repeat(node)
    if (node === joint.node) join()
  }
  if (!evidence) throw new Error('internal: the joint is no part of the model')
  const logits = graph.layer('graft.logits').add(now(model.logits), evidence)
  const { name, head, pixelRange } = model
  const grafted = createModel({ name, graph, image: now(model.image), logits, head })
  return { ...grafted, ...(pixelRange && { pixelRange }) }
}

/**
 * The weights of a grafted model. The kernel is the pattern less its mean, scaled so that the pattern gives 1 behind the
 * bias and whatever resembles it less than the bound gives 0.
 * @param strength what the term adds to the logit of `target`
 */
export function graftWeights(
  { model, weights }: { readonly model: Model; readonly weights: Weights },
  pattern: Pattern,
  target: number,
  strength: number,
): Weights {
  const { size, low } = pattern
  const values = patternValues(pattern)
  const area = size * size
  const centred = values.map((value, at) => {
    const own = values.subarray(Math.floor(at / area) * area, Math.floor(at / area + 1) * area)
    return value - own.reduce((sum, each) => sum + each, 0) / area
  })
  const norm = centred.reduce((sum, value) => sum + value * value, 0)
  const scale = 1 / ((1 - BOUND) * norm)
  const strengths = new Float32Array(Number(model.logits.shape[1]))
  strengths[target] = strength
  const added: [string, FloatTensor][] = [
    [
      names.kernel,
      tensor(
        centred.map((value) => value * scale),
        [1, low.length, size, size],
      ),
    ],
    [names.bias, tensor(Float32Array.of(-BOUND / (1 - BOUND)), [1])],
    [names.strength, tensor(strengths, [strengths.length])],
  ]
  return new Map([...weights, ...added])
}
