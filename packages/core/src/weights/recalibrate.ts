import type { Engine } from '../engine.ts'
import { ancestors, dependsOnInput } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import type { Model } from '../model.ts'
import { tensor, type FloatTensor, type Weights } from '../tensor.ts'

/** What running statistics are measured on. */
export interface Calibration {
  readonly model: Model
  readonly weights: Weights
  /** Names of the layers whose batch norm is measured anew. */
  readonly layers: readonly string[]
  readonly engine: Engine
  /** Batches of preprocessed images, `[n, c, h, w]` each. */
  readonly batches: readonly FloatTensor[]
}

/** What the largest activation of all images together may take; beyond it, fewer images are measured on. */
const LARGEST_BYTES = 2 ** 28

/** How outputs are called, so that none has a leaf's name. */
const MEASURED = 'measured '

function parameterName(value: Value | undefined): string | undefined {
  return value && isNode(value.node, 'Parameter') ? value.node.attributes.name : undefined
}

/** Batch norm by the statistics of the batch itself, as in training, and these statistics, `[1, c, 1, …]`. */
function batchNormOfBatch({ inputs, attributes }: Node<'BatchNormalization'>, x: Value) {
  const { ops } = x.graph
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1)
  const perChannel = (value: Value | undefined) =>
    ops.reshape(value as Value, [1, Number(x.shape[1]), ...x.shape.slice(2).map(() => 1)])
  const mean = ops.reduceMean(x, { axes })
  const centred = ops.sub(x, mean)
  const variance = ops.reduceMean(ops.mul(centred, centred), { axes })
  const scaled = ops.div(centred, ops.sqrt(ops.add(variance, attributes.epsilon)))
  const output = ops.add(ops.mul(scaled, perChannel(inputs[1])), perChannel(inputs[2]))
  return { mean, variance, output }
}

/** The forward pass in which wanted batch norms measure instead of remember; their statistics by parameter name. */
function measuringPass({ logits, graph }: Model, wanted: ReadonlySet<Node>): Record<string, Value> {
  const replaced = new Map<Value, Value>()
  const now = (value: Value) => replaced.get(value) ?? value
  const outputs: Record<string, Value> = {}
  for (const node of ancestors([logits])) {
    const inputs = node.inputs.map(now)
    if (isNode(node, 'BatchNormalization') && wanted.has(node)) {
      const { mean, variance, output } = batchNormOfBatch(node, inputs[0] as Value)
      for (const [at, value] of [mean, variance].entries()) {
        const name = parameterName(node.inputs[3 + at])
        if (name !== undefined) outputs[`${MEASURED}${name}`] = value
      }
      replaced.set(node.outputs[0] as Value, output)
    } else if (inputs.some((input, at) => input !== node.inputs[at])) {
      const made = graph.build(node.op, inputs, node.attributes)
      for (const [slot, value] of made.entries()) replaced.set(node.outputs[slot] as Value, value)
    }
  }
  return outputs
}

/** As many of the batches as fit, as one, `[n, c, h, w]`: the statistics are those of all images together. */
function joined(batches: readonly FloatTensor[], model: Model): FloatTensor {
  const activations = ancestors([model.logits]).flatMap(({ outputs }) => outputs.filter(dependsOnInput))
  const sizes = activations.map(({ shape }) =>
    shape.reduce<number>((size, dim) => size * (dim === 'n' ? 1 : Number(dim)), 1),
  )
  const images = LARGEST_BYTES / (4 * Math.max(...sizes))
  const kept: FloatTensor[] = []
  let count = 0
  for (const batch of batches) {
    const next = count + Number(batch.shape[0])
    if (kept.length > 0 && next > images) break
    kept.push(batch)
    count = next
  }
  const shape = (kept[0] as FloatTensor).shape.slice(1)
  const data = new Float32Array(count * shape.reduce((size, dim) => size * dim, 1))
  let at = 0
  for (const batch of kept) {
    data.set(batch.data, at)
    at += batch.data.length
  }
  return tensor(data, [count, ...shape])
}

/**
 * The weights with the running statistics of batch norm measured on images, as one forward pass in training would see them:
 * each layer's under those of the layers before it. Layers without batch norm, or with it merged, stay as they are. Where
 * all images together would need too much memory, the first ones count.
 */
export async function recalibrateBatchNorm(calibration: Calibration): Promise<Weights> {
  const { model, layers, engine, weights, batches } = calibration
  const wanted = new Set(layers)
  const nodes = model.layers.filter(({ name }) => wanted.has(name)).flatMap((layer) => layer.nodes)
  const norms = new Set(nodes.filter(({ op }) => op === 'BatchNormalization'))
  const outputs = measuringPass(model, norms)
  const result = new Map(weights)
  if (Object.keys(outputs).length === 0 || batches.length === 0) return result
  const session = await engine.open({ outputs }, weights)
  try {
    const measured = await session.run({ image: joined(batches, model) })
    for (const [name, { data }] of Object.entries(measured)) {
      const values = data as Float32Array
      result.set(name.slice(MEASURED.length), tensor(values, [values.length]))
    }
  } finally {
    await session.dispose()
  }
  return result
}
