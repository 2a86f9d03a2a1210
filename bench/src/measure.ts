import {
  LOGITS,
  oneChannel,
  tensor,
  trace,
  type Engine,
  type FloatTensor,
  type LoadedModel,
  type Plan,
  type ResolvedVariant,
  type Session,
} from '@saliency/core'
import { methods, variantsOf, type Work } from './works.ts'

/** What one run took: on the clock, and in processor time, which other processes disturb less. */
interface Sample {
  readonly wall: number
  readonly cpu: number
}

/** One row of results; times in milliseconds per image. */
export interface Row {
  readonly work: string
  readonly variants: number
  readonly nodes: number
  readonly limit?: number
  /** Forward passes: the median over rounds of the ratio to a forward pass run right before. */
  readonly wallForwards: number
  readonly cpuForwards: number
  readonly wallPerImage: number
  readonly cpuPerImage: number
  /** A new weight state of a plan that was open before: its session, then its first batch, in seconds by the clock. */
  readonly opening: number
  readonly firstBatch: number
  /** What the process had had at most by the end of this row, GiB. */
  readonly peakMemory?: number
  readonly failures: readonly string[]
}

export interface Bench {
  readonly engine: Engine
  readonly network: LoadedModel
  readonly batch: number
  readonly rounds: number
  /** Whether the limits of works are meant for this network. */
  readonly isLimited: boolean
}

type Feeds = Readonly<Record<string, FloatTensor>>

/** The same numbers in every run: waves as pixels, and another class for each image. */
export function feedsFor({ network: { model }, batch }: Pick<Bench, 'network' | 'batch'>): Feeds {
  const shapeOf = (dims: readonly (number | string)[]) => [batch, ...dims.slice(1).map(Number)]
  const image = shapeOf(model.image.shape)
  const [, classes = 1] = shapeOf(model.logits.shape)
  const size = image.reduce((product, dim) => product * dim, 1)
  const pixels = Float32Array.from(
    { length: size },
    (_, index) => Math.sin(index * 0.37) + Math.cos(index * 0.011),
  )
  const seed = new Float32Array(batch * classes)
  for (let row = 0; row < batch; row++) seed[row * classes + ((row * 7) % classes)] = 1
  return { image: tensor(pixels, image), direction: tensor(seed, [batch, classes]) }
}

/** The logits, and the maps of some variants in one plan. */
export function planOf(
  { network: { model } }: Pick<Bench, 'network'>,
  variants: readonly ResolvedVariant[],
): { plan: Plan; count: number; failures: string[] } {
  const { traced, failures } = trace({ model, variants, methods })
  const maps = traced.map(({ variant, map }) => [variant.id, oneChannel(map)] as const)
  return {
    plan: { outputs: { [LOGITS]: model.logits, ...Object.fromEntries(maps) } },
    count: traced.length,
    failures: failures.map(({ variant, error }) => `${variant.id}: ${error.message}`),
  }
}

async function sample(session: Session, feeds: Feeds): Promise<Sample> {
  const [start, before] = [performance.now(), process.cpuUsage()]
  await session.run(feeds)
  const { user, system } = process.cpuUsage(before)
  return { wall: performance.now() - start, cpu: (user + system) / 1000 }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** Measures works in turn, each round beside a forward pass (and a gradient), so that a busy machine disturbs all alike. */
export async function measure(
  bench: Bench,
  works: readonly Work[],
  done: (row: Row) => Promise<void>,
): Promise<void> {
  const { engine, network, batch, rounds, isLimited } = bench
  const feeds = feedsFor(bench)
  const forward = await engine.open({ outputs: { [LOGITS]: network.model.logits } }, network.weights)
  const gradient = await engine.open(
    planOf(bench, variantsOf({ name: '', variants: ['guided/gradient'] })).plan,
    network.weights,
  )
  for (const session of [forward, gradient]) await session.run(feeds)
  for (const work of works) {
    const variants = variantsOf(work)
    const { plan, count, failures } = planOf(bench, variants)
    // The plan is written when it is opened first; each weight state after that only opens it, in memory that is there.
    const first = await engine.open(plan, network.weights)
    await first.run(feeds)
    await first.dispose()
    const start = performance.now()
    const session = await engine.open(plan, network.weights)
    const opening = (performance.now() - start) / 1000
    const firstBatch = (await sample(session, feeds)).wall / 1000
    const samples: { own: Sample; base: Sample; unit: Sample }[] = []
    for (let round = 0; round < rounds; round++) {
      const unit = await sample(forward, feeds)
      const base = work.added ? await sample(gradient, feeds) : { wall: 0, cpu: 0 }
      samples.push({ unit, base, own: await sample(session, feeds) })
    }
    await session.dispose()
    const share = work.perVariant ? count : 1
    const forwards = (clock: keyof Sample) =>
      median(samples.map(({ own, base, unit }) => (own[clock] - base[clock]) / unit[clock])) / share
    await done({
      work: work.name,
      variants: count,
      nodes: network.model.graph.nodes.length,
      ...((isLimited || work.transformers) && work.limit !== undefined && { limit: work.limit }),
      wallForwards: forwards('wall'),
      cpuForwards: forwards('cpu'),
      wallPerImage: median(samples.map(({ own }) => own.wall)) / batch,
      cpuPerImage: median(samples.map(({ own }) => own.cpu)) / batch,
      opening,
      firstBatch,
      failures,
    })
  }
  for (const session of [forward, gradient]) await session.dispose()
}
