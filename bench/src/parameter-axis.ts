import {
  type Engine,
  type FloatTensor,
  type LoadedModel,
  oneChannel,
  randomizeWeights,
  trace,
  type Weights,
} from '@saliency/core'
import { similarities } from '@saliency/sanity'
import { methods, variantsOf } from './works.ts'

/** A plan's gradient maps, `[n, 1, h, w]`, from a batch. */
type Feeds = Readonly<Record<string, FloatTensor>>

/** The layers that hold weights, from the logits down, as the cascade takes them. */
function layersFromTop({ model }: LoadedModel): readonly string[] {
  return model.layers
    .filter(({ parameters }) => parameters.length > 0)
    .map(({ name }) => name)
    .toReversed()
}

/** How alike the magnitudes of each image's two maps are ranked. */
function compare(a: FloatTensor, b: FloatTensor): readonly (number | undefined)[] {
  const { prepare, compare: alike } = similarities['spearman-abs']!
  const [count = 0, , height = 0, width = 0] = a.shape
  const planeOf = ({ data }: FloatTensor, row: number) =>
    prepare({ data: data.slice(row * height * width, (row + 1) * height * width), height, width })
  return Array.from({ length: count }, (_, row) => alike(planeOf(a, row), planeOf(b, row)))
}

/**
 * What model parameter randomisation asks of one method: the gradient under weights of which one more layer is drawn anew in each
 * state, from the top, and how alike each map's ranks are to those of the original. Returns the similarities, by state and image.
 */
export async function parameterAxis(
  engine: Engine,
  network: LoadedModel,
  feeds: Feeds,
): Promise<readonly (readonly (number | undefined)[])[]> {
  const { model, weights } = network
  const { traced } = trace({
    model,
    variants: variantsOf({ name: '', variants: ['guided/gradient'] }),
    methods,
  })
  const plan = { outputs: { map: oneChannel(traced[0]!.map) } }
  async function mapUnder(state: Weights): Promise<FloatTensor> {
    const session = await engine.open(plan, state)
    const { map } = await session.run(feeds)
    await session.dispose()
    return map as FloatTensor
  }
  const original = await mapUnder(weights)
  const layers = layersFromTop(network)
  const found = []
  for (const step of layers.keys()) {
    const drawn = {
      kind: 'randomized',
      layers: layers.slice(0, step + 1),
      draw: 0,
      initializer: 'layer',
      batchNorm: 'keep',
    } as const
    found.push(compare(original, await mapUnder(randomizeWeights(model, weights, drawn, 1))))
  }
  return found
}
