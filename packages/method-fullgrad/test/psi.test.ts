import {
  backward,
  directionInput,
  type ExplainContext,
  type FloatTensor,
  type Model,
  type Value,
} from '@saliency/core'
import { oneHot, runOnce, seededImages, tinyNetwork } from '@saliency/testing'
import { expect, it } from 'vitest'
import { contributions, fullgrad, type fullgradOptions } from '../src/index.ts'

const { psi: keeps, rescale: ranges } = fullgrad.options
const all = keeps.choices.flatMap((psi) =>
  ranges.choices.flatMap((rescale) =>
    (['signed', 'positive'] as const).flatMap((gradient) =>
      [true, false].map((bias) => ({ psi, rescale, gradient, bias, upsampling: 'values' as const })),
    ),
  ),
)

const size = ({ image }: Model) => image.shape.slice(2).map(Number) as [number, number]

/** The formula on each term of its own, pixel by pixel: Σ U(rescale(handle(v))), in nodes that no pass rewrites. */
function byTheFormula(context: ExplainContext<typeof fullgradOptions>): Value {
  const { model, options } = context
  const ops = model.graph.layer('formula')
  const { psi, rescale } = options
  const handled = (v: Value) =>
    ({ absolute: ops.abs(v), positive: ops.relu(v), negative: ops.relu(ops.neg(v)), signed: v })[psi]
  const rescaled = (v: Value) => {
    if (rescale === 'none') return v
    const [over, epsilon] = rescale === 'layer' ? [{ axes: [1, 2, 3] }, 1e-6] : [{ axes: [2, 3] }, 1e-7]
    if (psi === 'signed') return ops.div(v, ops.add(ops.reduceMax(ops.abs(v), over), epsilon))
    const above = ops.sub(v, ops.reduceMin(v, over))
    return ops.div(above, ops.add(ops.reduceMax(above, over), epsilon))
  }
  return contributions(context)
    .map(({ value }) => value)
    .filter(({ shape }) => shape.length === 4)
    .map((v) => ops.reduceSum(rescaled(handled(v)), { axes: [1] }))
    .map((map) => ops.resize(map, size(model), { mode: 'linear', coordinates: 'align_corners' }))
    .reduce((sum, map) => ops.add(sum, map))
}

// skip adds two signals, batch-norm has two biases at one signal, concat has layers of several widths.
it.each(['skip', 'batch-norm', 'concat'] as const)(
  'on %s the map is that of the formula on each term of its own, whatever the options',
  async (name) => {
    const { model, weights } = tinyNetwork(name, { seed: 4 })
    const { ops } = model.graph
    const direction = directionInput(model)
    const outputs: Record<string, Value> = {}
    for (const options of all) {
      const context: ExplainContext<typeof fullgradOptions> = {
        model,
        logits: model.logits,
        direction,
        ops,
        options,
        backward: (request = {}) =>
          backward({ from: model.logits, start: direction, until: model.image, ...request }),
        noise: () => model.image,
      }
      const text = JSON.stringify(options)
      outputs[`map ${text}`] = fullgrad.explain(context)
      outputs[`formula ${text}`] = byTheFormula(context)
    }
    const feeds = { image: seededImages(model, 2), direction: oneHot(model, [1, 3]) }
    const found = await runOnce(outputs, weights, feeds)
    for (const text of all.map((options) => JSON.stringify(options))) {
      expect(found[`map ${text}`], text).toBeCloseToMap(found[`formula ${text}`] as FloatTensor, 1e-5)
    }
  },
)
