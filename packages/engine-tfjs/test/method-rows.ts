import {
  resolveVariant,
  tensor,
  trace,
  type Engine,
  type FloatTensor,
  type Method,
  type Plan,
  type Weights,
} from '@saliency/core'
import { mapError, oneHot, repeat, rowOf } from '@saliency/testing'
import { copies, moved, unsteadiness } from './steadiness.ts'
import type { Subject } from './subjects.ts'

type Maps = Readonly<Record<string, FloatTensor>>

/** One map of one engine beside the reference engine's, in shares of the largest value. */
export interface Row {
  readonly engine: string
  readonly variant: string
  readonly picture: number
  readonly difference: number
  /** How far the reference engine's own map moves with the last bits of the picture. */
  readonly moves: number
}

/** What is compared. */
export interface Comparison {
  readonly method: Method
  readonly methods: readonly Method[]
  readonly subject: Subject
  readonly reference: Engine
  readonly engines: readonly Engine[]
  /** What the engines compute with; default the subject's own. */
  readonly weights?: Weights
}

async function runEach(
  engine: Engine,
  plan: Plan,
  weights: Weights,
  feeds: readonly Maps[],
): Promise<Maps[]> {
  const session = await engine.open(plan, weights)
  const results: Maps[] = []
  try {
    for (const each of feeds) results.push((await session.run(each)) as Maps)
  } finally {
    await session.dispose()
  }
  return results
}

/** A method's variants traced, with what to feed for each picture. */
function prepare({ method, methods, subject }: Comparison): {
  outputs: Plan['outputs']
  feeds: readonly Maps[]
} {
  const { model } = subject.loaded
  const variants = Object.keys(method.variants).map((name) => resolveVariant(method, name))
  const { traced, failures } = trace({ model, variants, methods })
  if (failures[0]) throw failures[0].error
  const noise = traced.flatMap((each) => each.noise)
  const feeds = subject.targets.map((target, at): Maps => {
    // Another picture stands in for a method's random one.
    const { data, shape } = rowOf(subject.pictures, (at + 1) % subject.targets.length)
    const plane = [1, 1, ...shape.slice(2)]
    const other = tensor(data.subarray(0, Number(shape[2]) * Number(shape[3])), plane)
    const random = Object.fromEntries(noise.map((name) => [name, other]))
    return { image: rowOf(subject.pictures, at), direction: oneHot(model, [target]), ...random }
  })
  return { outputs: Object.fromEntries(traced.map(({ variant, map }) => [variant.variant, map])), feeds }
}

/** The same feeds, once for every moved copy of the picture. */
function movedFeeds(feeds: Maps): Maps {
  const entries = Object.entries(feeds)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name === 'image' ? moved(value) : repeat(value, copies)]),
  )
}

/** How far each map of the reference engine moves with its picture: by picture and variant. */
function unsteadinessOf(names: readonly string[], still: readonly Maps[], moving: readonly Maps[]) {
  return still.map((maps, picture) =>
    Object.fromEntries(
      names.map((name) => [name, unsteadiness(maps[name]!, (moving[picture] as Maps)[name]!)] as const),
    ),
  )
}

/** Runs a method's variants on every engine, and on the reference engine also with each picture moved in its last bits. */
export async function compareMethod(comparison: Comparison): Promise<Row[]> {
  const { method, subject, reference, engines, weights = subject.loaded.weights } = comparison
  const { outputs, feeds } = prepare(comparison)
  const names = Object.keys(outputs)
  const all = [...feeds, ...feeds.map(movedFeeds)]
  const results = await runEach(reference, { outputs }, subject.loaded.weights, all)
  const expected = results.slice(0, feeds.length)
  const moves = unsteadinessOf(names, expected, results.slice(feeds.length))
  const rows: Row[] = []
  for (const engine of engines) {
    // Plain JavaScript takes seconds a map: there, one picture stands for all.
    const own = feeds.slice(0, engine.id === 'tfjs-cpu' ? 1 : undefined)
    const found = await runEach(engine, { outputs }, weights, own)
    for (const [picture, maps] of found.entries()) {
      for (const name of names) {
        const [difference = NaN] = mapError(maps[name]!, expected[picture]![name]!).largest
        const variant = `${method.id}/${name}`
        rows.push({ engine: engine.id, variant, picture, difference, moves: moves[picture]![name]! })
      }
    }
  }
  return rows
}
