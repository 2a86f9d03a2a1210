import type { Dim, Value } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { operatorError } from './errors.ts'
import { LaidOut } from './laid-out.ts'
import type { Call } from './kernel.ts'
import { compute } from './kernels/table.ts'
import type { Step } from './program.ts'

/** A size with the batch filled in. */
export function resolveDim(dim: Dim, batch: number): number {
  if (typeof dim === 'number') return dim
  return dim === 'n' ? batch : Number.parseInt(dim, 10) * batch
}

/** What steps run on: the values so far, the batch's size and the backend's name. */
export interface Execution {
  readonly values: Map<Value, LaidOut>
  readonly batch: number
  readonly backend: string
}

/** Runs one step; the results stay, everything else that the kernel made is freed. */
function execute(step: Step, { values, batch, backend }: Execution): void {
  const { node, form, wanted } = step
  const inputs = step.inputs.map((value) => {
    const found = values.get(value)
    if (!found) throw new Error(`internal: an input of ${node.op} is not there`)
    return found
  })
  const shapes = step.outputs.map((value) => value.shape.map((dim) => resolveDim(dim, batch)))
  const call: Call = {
    node,
    attributes: node.attributes,
    inputs,
    shapes,
    wanted,
    backend,
    form,
  }
  const isShared = (tensor: tf.Tensor) => inputs.some((value) => value.has(tensor))
  const results = tf.tidy(() =>
    compute(call).map(
      (made) => made && { ...made, tensor: isShared(made.tensor) ? tf.clone(made.tensor) : made.tensor },
    ),
  )
  for (const [slot, made] of results.entries()) {
    const value = step.outputs[slot]
    if (!made || !value) continue
    if (wanted[slot]) values.set(value, new LaidOut(made.tensor, made.layout ?? 'given', shapes[slot] ?? []))
    else made.tensor.dispose()
  }
}

/** Runs steps in order and frees values as they die. */
export function executeAll(steps: readonly Step[], execution: Execution): void {
  const { values, backend } = execution
  for (const step of steps) {
    try {
      execute(step, execution)
    } catch (error) {
      throw operatorError(error, step.node, backend)
    }
    for (const value of step.releases) {
      values.get(value)?.dispose()
      values.delete(value)
    }
  }
}
