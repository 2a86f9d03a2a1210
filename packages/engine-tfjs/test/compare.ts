import {
  createGraph,
  createRandom,
  type Engine,
  type FloatTensor,
  type Ops,
  type Shape,
  type Tensor,
  type Value,
} from '@saliency/core'
import { expect } from 'vitest'
import { openTfjs, type BackendName } from '../src/index.ts'

/** What random numbers a leaf holds; `ties` are small whole numbers, many of them equal. */
export type Numbers = 'signed' | 'positive' | 'ties'

/** Makes leaves with data: inputs, which may hold the batch, and parameters. */
export interface Leaves {
  input(shape: Shape, numbers?: Numbers): Value
  parameter(shape: readonly number[], numbers?: Numbers): Value
}

/** Builds what one test compares. */
export type Trace = (ops: Ops, leaves: Leaves) => readonly Value[]

/** Everything random about a test that is not its operator's attributes. */
export interface Circumstances {
  readonly seed: number
  readonly batch: number
  /** Whether rank-4 inputs arrive with their channels last, as after a convolution. */
  readonly isInner: boolean
}

function draw(shape: readonly number[], numbers: Numbers, key: string): FloatTensor {
  const random = createRandom(key)
  const size = shape.reduce((product, dim) => product * dim, 1)
  const next = {
    signed: () => random.normal(),
    positive: () => 0.5 + 1.5 * random.uniform(),
    ties: () => random.integer(-2, 2),
  }[numbers]
  return { dtype: 'float32', shape, data: Float32Array.from({ length: size }, next) }
}

/** Traces one graph and draws its leaves. */
export function prepare(trace: Trace, { seed, batch, isInner }: Circumstances) {
  const { ops } = createGraph()
  const feeds: Record<string, Tensor> = {}
  const weights = new Map<string, FloatTensor>()
  const resolve = (shape: Shape) =>
    shape.map((dim) =>
      typeof dim === 'number' ? dim : dim === 'n' ? batch : Number.parseInt(dim, 10) * batch,
    )
  const leaves: Leaves = {
    input(shape, numbers = 'signed') {
      const name = `input${Object.keys(feeds).length}`
      feeds[name] = draw(resolve(shape), numbers, `${seed} ${name}`)
      const value = ops.input(name, shape)
      return isInner && shape.length === 4 ? ops.averagePool(value, { kernel: [1, 1] }) : value
    },
    parameter(shape, numbers = 'signed') {
      const name = `parameter${weights.size}`
      weights.set(name, draw(shape, numbers, `${seed} ${name}`))
      return ops.parameter(name, shape)
    },
  }
  const outputs = Object.fromEntries(trace(ops, leaves).map((value, index) => [`output${index}`, value]))
  return { plan: { outputs }, feeds, weights }
}

/** Runs a prepared graph once. */
export async function evaluate(engine: Engine, { plan, feeds, weights }: ReturnType<typeof prepare>) {
  const session = await engine.open(plan, weights)
  try {
    return await session.run(feeds)
  } finally {
    await session.dispose()
  }
}

/** Floats within 1e-4 of the largest value, whole numbers and truth values exactly. */
export function expectSame(actual: Record<string, Tensor>, expected: Record<string, Tensor>): void {
  for (const [name, reference] of Object.entries(expected)) {
    const result = actual[name]
    expect(result?.shape).toEqual(reference.shape)
    expect(result?.dtype).toBe(reference.dtype)
    if (reference.dtype !== 'float32') {
      expect(Array.from(result?.data as ArrayLike<unknown>)).toEqual(
        Array.from(reference.data as ArrayLike<unknown>),
      )
      continue
    }
    const data = reference.data as Float32Array
    const largest = data.reduce((found, value) => Math.max(found, Math.abs(value)), 1e-3)
    const worst = data.reduce(
      (found, value, index) => Math.max(found, difference(Number(result?.data[index]), value)),
      0,
    )
    expect(worst / largest).toBeLessThan(1e-4)
  }
}

function difference(a: number, b: number): number {
  return Object.is(a, b) || a === b ? 0 : Number.isNaN(a - b) ? Number.POSITIVE_INFINITY : Math.abs(a - b)
}

/** The backends that load here; says plainly which do not, and why. */
export async function openBackends(names: readonly BackendName[]): Promise<Engine[]> {
  const engines: Engine[] = []
  for (const backend of names) {
    try {
      engines.push(await openTfjs({ backend }))
    } catch (error) {
      // Only tfjs-node's native addon may be missing.
      if (backend !== 'tensorflow') throw error
      console.log(`SKIPPED on the tensorflow backend: ${(error as Error).message}`)
    }
  }
  console.log(`Comparing on ${engines.map((engine) => engine.description).join(', ')}`)
  return engines
}
