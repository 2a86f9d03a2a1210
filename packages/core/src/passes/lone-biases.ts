import { inferOutputs } from '../graph/infer.ts'
import type { Ops } from '../graph/ops.ts'
import { sameShape } from '../graph/shape.ts'
import { madeBy, type Value } from '../graph/value.ts'
import type { Application, BuildPass } from './build-pass.ts'

/** The bias of a layer whose input is zero, spread over the layer's output. */
function biasAlone({ op, inputs, attributes }: Application, ops: Ops): Value | undefined {
  const [x, , bias] = inputs
  if (!bias || x?.sign !== 'zero') return undefined
  const shape = inferOutputs(op, inputs, attributes)[0]?.shape ?? []
  // Features lie on the second axis of a convolution, and on the last of a dense layer.
  const column = op === 'Gemm' ? bias : ops.reshape(bias, [...bias.shape, ...shape.slice(2).map(() => 1)])
  return ops.expand(column, shape)
}

/** A sum takes what was spread as it was before: it broadcasts by itself. */
function unspread(inputs: readonly Value[], ops: Ops): Value | undefined {
  const spread = inputs.findIndex((value) => value.node.layer === undefined && madeBy(value, 'Expand'))
  const other = inputs[1 - spread]
  const given = inputs[spread]
  const origin = given?.node.inputs[0]
  return origin && other && sameShape(other.shape, given.shape) ? ops.add(other, origin) : undefined
}

/** Computes no layer of zeros. */
export const loneBiases: BuildPass = {
  name: 'lone-biases',
  when: 'build',
  does: 'A convolution or dense layer of zeros becomes its bias, which a sum then adds without spreading it over all places: of the two halves of an LRP rule, the one for negative inputs is such a layer behind a ReLU.',
  needs:
    'The sign of the input proves it zero for every image; rules or methods built the layer, with a bias.',
  rewrite(application, ops) {
    const { op, inputs } = application
    if (op === 'Add') return unspread(inputs, ops)
    return op === 'Conv' || op === 'ConvTranspose' || op === 'Gemm' ? biasAlone(application, ops) : undefined
  },
}
