import {
  rewritePlan,
  SaliencyError,
  type Plan,
  type Session,
  type Tensor,
  type Value,
  type Weights,
} from '@saliency/core'
import type * as tf from '@tensorflow/tfjs'
import { onBackend, type BackendName } from './backends/backend.ts'
import { executeAll, resolveDim } from './execute.ts'
import { batchOf, download, hold, parameterOf } from './feeds.ts'
import type { LaidOut } from './laid-out.ts'
import { compile, type Program } from './program.ts'

type Values = Map<Value, LaidOut>

function disposeAll(
  values: ReadonlyMap<Value, LaidOut>,
  except: ReadonlyMap<Value, LaidOut> = new Map(),
): void {
  for (const [value, found] of values) if (!except.has(value)) found.dispose()
}

/** Evaluates what depends on the weights alone. */
function prepare(program: Program, weights: Weights, backend: BackendName): Values {
  const values: Values = new Map()
  try {
    for (const node of program.parameters) {
      const parameter = parameterOf(node, weights)
      for (const output of node.outputs) values.set(output, hold(parameter))
    }
    executeAll(program.once, { values, batch: 1, backend })
  } catch (error) {
    disposeAll(values)
    throw error
  }
  return values
}

/** The results of one run, and what has to be freed once they are read. */
interface Results {
  readonly tensors: ReadonlyMap<Value, tf.Tensor>
  readonly values: Values
  readonly batch: number
}

function runOnce(
  program: Program,
  constants: Values,
  feeds: Readonly<Record<string, Tensor>>,
  backend: BackendName,
  outputs: readonly Value[],
): Results {
  const batch = batchOf(program.inputs, feeds)
  const values: Values = new Map(constants)
  try {
    for (const node of program.inputs) {
      const feed = feeds[node.attributes.name]
      for (const output of node.outputs) if (feed) values.set(output, hold(feed))
    }
    executeAll(program.steps, { values, batch, backend })
    const tensors = new Map(outputs.map((value) => [value, (values.get(value) as LaidOut).get('given')]))
    return { tensors, values, batch }
  } catch (error) {
    disposeAll(values, constants)
    throw error
  }
}

/** Prepares a plan on a backend that is ready. */
export function openSession(given: Plan, weights: Weights, backend: BackendName): Session {
  const plan = rewritePlan(given)
  const program = compile(plan)
  const constants = onBackend(backend, () => prepare(program, weights, backend))
  const outputs = Object.entries(plan.outputs)
  let isOpen = true
  return {
    async run(feeds) {
      if (!isOpen) throw new SaliencyError('ENGINE', 'This session is disposed; open another.')
      const distinct = [...new Set(outputs.map(([, value]) => value))]
      const { tensors, values, batch } = onBackend(backend, () =>
        runOnce(program, constants, feeds, backend, distinct),
      )
      try {
        const entries = outputs.map(async ([name, value]): Promise<[string, Tensor]> => {
          const shape = value.shape.map((dim) => resolveDim(dim, batch))
          return [name, await download(tensors.get(value) as tf.Tensor, value.dtype, shape)]
        })
        return Object.fromEntries(await Promise.all(entries))
      } finally {
        disposeAll(values, constants)
      }
    },
    async dispose() {
      if (isOpen) disposeAll(constants)
      isOpen = false
    },
  }
}
