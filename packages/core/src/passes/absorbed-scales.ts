import type { Ops } from '../graph/ops.ts'
import { dependsOnInput } from '../graph/reach.ts'
import { sameShape } from '../graph/shape.ts'
import { madeBy, type Value } from '../graph/value.ts'
import type { Pass } from './pass.ts'

/** A signal `[n, out, h, w]` that arrives at a convolution, and the convolution's kernel `[out, in/g, kh, kw]`. */
interface Arrival {
  readonly signal: Value
  readonly kernel: Value
}

function absorbScale(ops: Ops, given: Arrival): Arrival {
  const { signal, kernel } = given
  const product = madeBy(signal, 'Mul')
  const scale = product?.inputs.find((value) => !dependsOnInput(value))
  const rest = product?.inputs.find((value) => value !== scale)
  const channels = kernel.shape[0] as number
  const isPerChannel = scale && [`${channels},1,1`, `1,${channels},1,1`].includes(scale.shape.join())
  if (!isPerChannel || !rest || !sameShape(rest.shape, signal.shape)) return given
  return { signal: rest, kernel: ops.mul(kernel, ops.reshape(scale, [channels, 1, 1, 1])) }
}

/** Moves a batch norm's scale from the signal into the kernel. */
export const absorbedScales: Pass<typeof absorbScale> = {
  name: 'absorbed-scales',
  when: 'backward',
  does: 'A factor for each channel of the signal (the scale of a batch norm) moves into the kernel of the convolution that the signal passes next; an engine computes that product once, not for every image.',
  needs: 'The factor depends on weights alone and has one entry for each output channel.',
  rewrite: absorbScale,
}
