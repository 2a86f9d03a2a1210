import { shortJson } from '@saliency/core'
import type { Ops, Value } from '@saliency/core'
import { selu } from '../decompositions.ts'
import { notSupported, unsupported } from '../problems.ts'
import type { Dialect } from './topology.ts'
import type { SourceValue } from '../source-value.ts'
import { ownEntry } from '../own-entry.ts'

/** An activation on a value of the source. */
export type Activation = (x: SourceValue, ops: Ops) => Value

const plain =
  (activation: (ops: Ops, x: Value) => Value): Activation =>
  ({ value }, ops) =>
    activation(ops, value)

/** Up to Keras 2, and in TensorFlow.js, the slope is 0.2; since Keras 3 it is 1/6. */
const hardSigmoid = plain((ops, x) => ops.hardSigmoid(x, 0.2, 0.5))
const hardSigmoid3 = plain((ops, x) => ops.hardSigmoid(x, 1 / 6, 0.5))

/** Every activation Keras and TensorFlow.js name, softmax over the source's last axis. */
export const activations: Readonly<Record<string, Activation>> = {
  linear: ({ value }) => value,
  relu: plain((ops, x) => ops.relu(x)),
  relu6: plain((ops, x) => ops.clip(x, 0, 6)),
  leaky_relu: plain((ops, x) => ops.leakyRelu(x, 0.2)),
  elu: plain((ops, x) => ops.elu(x, 1)),
  selu: plain((ops, x) => ops.selu(x, selu.alpha, selu.gamma)),
  sigmoid: plain((ops, x) => ops.sigmoid(x)),
  hard_sigmoid: hardSigmoid,
  tanh: plain((ops, x) => ops.tanh(x)),
  softplus: plain((ops, x) => ops.softplus(x)),
  softsign: plain((ops, x) => ops.softsign(x)),
  exponential: plain((ops, x) => ops.exp(x)),
  swish: plain((ops, x) => ops.swish(x)),
  silu: plain((ops, x) => ops.swish(x)),
  gelu: plain((ops, x) => ops.gelu(x)),
  gelu_new: plain((ops, x) => ops.gelu(x, 'tanh')),
  mish: plain((ops, x) => ops.mish(x)),
  hard_swish: plain((ops, x) => ops.hardSwish(x)),
  hard_silu: plain((ops, x) => ops.hardSwish(x)),
  softmax: ({ value, axes }, ops) => ops.softmax(value, axes.at(-1) ?? -1),
  log_softmax: ({ value, axes }, ops) => ops.logSoftmax(value, axes.at(-1) ?? -1),
}

/** The activation's name as Keras writes it; TensorFlow.js writes `hardSigmoid`. */
function activationName(value: unknown): string {
  if (value === undefined || value === null) return 'linear'
  const name = typeof value === 'string' ? value : shortJson(value)
  return name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
}

/** Finds an activation by name; throws UNSUPPORTED_MODEL with the nearest one. */
export function activationOf(value: unknown, dialect: Dialect): { name: string; activation: Activation } {
  const name = activationName(value)
  const activation = ownEntry(activations, name)
  if (!activation) {
    throw unsupported(`its activation '${name}' ${notSupported(name, Object.keys(activations))}`)
  }
  return { name, activation: name === 'hard_sigmoid' && dialect === 'keras-3' ? hardSigmoid3 : activation }
}
