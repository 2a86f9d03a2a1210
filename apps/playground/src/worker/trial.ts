import {
  ancestors,
  createGraph,
  createModel,
  createRandom,
  type Engine,
  type FloatTensor,
  type LoadedModel,
  type Method,
  tensor,
} from '@saliency/core'
import {
  directionsFor,
  mapGraphs,
  openMaps,
  resolveSelections,
  traceVariants,
  type VariantSet,
} from '@saliency/explain'

/** How far maps of two engines may be apart, as a part of the map's largest value. */
const TOLERANCE = 1e-3
const SIZE = 9
const CLASSES = 5

/** A network with what graphs of maps are made of: norms, windows that overlap, steps of two, a sum of branches. */
function smallNetwork(): LoadedModel {
  const graph = createGraph()
  const ops = graph.ops
  const image = ops.input('image', ['n', 3, SIZE, SIZE])
  const kernel = (name: string, shape: readonly number[]) => ops.parameter(name, shape, 'kernel')
  const first = graph
    .layer('first')
    .conv(image, kernel('first', [4, 3, 3, 3]), undefined, { pads: [1, 1, 1, 1] })
  const norm = (['gamma', 'beta', 'mean', 'variance'] as const).map((role) => ops.parameter(role, [4], role))
  const [gamma, beta, mean, variance] = norm as [typeof image, typeof image, typeof image, typeof image]
  const normed = graph.layer('norm').batchNormalization(first, gamma, beta, mean, variance, 1e-3)
  const open = graph.layer('open').relu(normed)
  const pooled = graph.layer('pool').maxPool(open, { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })
  const second = graph
    .layer('second')
    .conv(pooled, kernel('second', [6, 4, 3, 3]), ops.parameter('bias', [6], 'bias'), {
      pads: [1, 1, 1, 1],
      strides: [2, 2],
    })
  const beside = graph
    .layer('beside')
    .conv(pooled, kernel('beside', [6, 4, 1, 1]), undefined, { strides: [2, 2] })
  const joined = graph.layer('joined').relu(graph.layer('sum').add(second, beside))
  const flat = graph.layer('flat').flatten(graph.layer('mean').globalAveragePool(joined))
  const logits = graph.layer('logits').gemm(flat, kernel('classes', [6, CLASSES]))
  const model = createModel({ name: 'trial', graph, image, logits, head: 'none' })
  const weights = model.layers
    .flatMap(({ parameters }) => parameters)
    .map(({ name, shape, role }) => {
      const random = createRandom('trial', name)
      const size = shape.reduce((product, dim) => product * dim, 1)
      const data = Float32Array.from({ length: size }, () => random.normal() / 2)
      return [
        name,
        tensor(role === 'variance' ? data.map((value) => 0.5 + value * value) : data, shape),
      ] as const
    })
  return { model, weights: new Map(weights) }
}

/** How far two arrays are apart, as a part of the largest value. */
function apart(one: FloatTensor, other: FloatTensor | undefined): number {
  if (!other) return Infinity
  let [largest, difference] = [0, 0]
  for (const [at, value] of one.data.entries()) {
    largest = Math.max(largest, Math.abs(value))
    difference = Math.max(difference, Math.abs(value - Number(other.data[at])))
  }
  // Where one of them is no number, neither comparison holds.
  return difference === 0 ? 0 : difference / largest
}

/** Variants whose graphs hold every operator that any variant's does: what a card computes of them, it computes of all. */
function telling(set: VariantSet): VariantSet {
  const all = set.traced.map((one) => ({ one, ops: new Set(ancestors([one.map]).map(({ op }) => op)) }))
  const seen = new Set<string>()
  const traced = all
    .toSorted((a, b) => b.ops.size - a.ops.size)
    .flatMap(({ one, ops }) => {
      const isFresh = [...ops].some((op) => !seen.has(op))
      for (const op of ops) seen.add(op)
      return isFresh ? one : []
    })
  return { ...set, traced, sampling: [] }
}

async function answers(
  engine: Engine,
  methods: readonly Method[],
): Promise<ReadonlyMap<string, FloatTensor>> {
  const { model, weights } = smallNetwork()
  const known = methods.filter((method) => method.kind !== 'sampling' && method.whyNot?.(model) === undefined)
  const set = traceVariants(
    model,
    resolveSelections(known.map((method) => ({ method, options: {} }))),
    methods,
  )
  const random = createRandom('trial', 'picture')
  const data = Float32Array.from({ length: 3 * SIZE * SIZE }, () => random.normal())
  const images = tensor(data, [1, 3, SIZE, SIZE])
  const open = await openMaps(mapGraphs(telling(set), 'one-channel'), {
    engine,
    weights,
    batchSize: 1,
    seed: 1,
  })
  try {
    const { maps, logits } = await open.maps({
      images,
      directions: directionsFor([0], CLASSES),
      ids: ['trial'],
    })
    return new Map([...maps, ['the logits', logits]])
  } finally {
    await open.dispose()
  }
}

/**
 * Compares maps of a small network on two engines, in which every operator of any map is computed.
 * @returns what differs, in words; nothing where all are equal within the engines' tolerance
 */
export async function differenceOf(
  engine: Engine,
  trusted: Engine,
  methods: readonly Method[],
): Promise<string | undefined> {
  const [own, expected] = [await answers(engine, methods), await answers(trusted, methods)]
  const all = [...expected].map(([id, map]) => ({ id, by: apart(map, own.get(id)) }))
  const worst = all.filter(({ by }) => !(by <= TOLERANCE)).toSorted((a, b) => b.by - a.by)
  const [first] = worst
  if (!first) return undefined
  return `${worst.length} of ${all.length} maps of a small network differ from WebAssembly's, ${first.id} by ${(100 * first.by).toPrecision(2)} % of its largest value`
}
