import type { Engine } from '../engine.ts'
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

/** Mean and population variance of each channel over batches of `[n, c, ...]`. */
function channelStatistics(batches: readonly FloatTensor[]): { mean: Float32Array; variance: Float32Array } {
  const channels = batches[0]!.shape[1]!
  const [sums, squares] = [new Float64Array(channels), new Float64Array(channels)]
  let count = 0
  for (const { data, shape } of batches) {
    const area = data.length / (shape[0]! * channels)
    for (let i = 0; i < data.length; i++) {
      const channel = Math.floor(i / area) % channels
      sums[channel]! += data[i]!
      squares[channel]! += data[i]! ** 2
    }
    count += shape[0]! * area
  }
  const mean = Float32Array.from(sums, (sum) => sum / count)
  return {
    mean,
    variance: Float32Array.from(squares, (sum, i) => Math.max(0, sum / count - (sums[i]! / count) ** 2)),
  }
}

function parameterName(value: Value | undefined): string | undefined {
  return value && isNode(value.node, 'Parameter') ? value.node.attributes.name : undefined
}

async function measure(
  { engine, batches }: Calibration,
  node: Node,
  weights: Weights,
): Promise<FloatTensor[]> {
  const session = await engine.open({ outputs: { x: node.inputs[0] as Value } }, weights)
  try {
    const results: FloatTensor[] = []
    for (const image of batches) results.push((await session.run({ image }))['x'] as FloatTensor)
    return results
  } finally {
    await session.dispose()
  }
}

/**
 * The weights with the running statistics of batch norm measured on images: layer by layer in execution order, each under the
 * statistics just measured before it. Layers without batch norm, or with it merged, stay as they are.
 */
export async function recalibrateBatchNorm(calibration: Calibration): Promise<Weights> {
  const { model, layers } = calibration
  const wanted = new Set(layers)
  const nodes = model.layers.filter(({ name }) => wanted.has(name)).flatMap((layer) => layer.nodes)
  const result = new Map(calibration.weights)
  for (const node of nodes.filter(({ op }) => op === 'BatchNormalization')) {
    const [mean, variance] = [parameterName(node.inputs[3]), parameterName(node.inputs[4])]
    if (mean === undefined || variance === undefined) continue
    const measured = channelStatistics(await measure(calibration, node, result))
    result.set(mean, tensor(measured.mean, [measured.mean.length]))
    result.set(variance, tensor(measured.variance, [measured.variance.length]))
  }
  return result
}
