import { maxPoolSignal, routeOf, type Route } from '../backward/vjp/max-pool.ts'
import { isTiling } from '../backward/vjp/tiles.ts'
import type { Ops } from '../graph/ops.ts'
import { sameShape } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import type { BuildPass } from './build-pass.ts'
import { maskAnew } from './mask-anew.ts'

/** A signal reaches only places that hold the maximum of a window, so a mask over the pool's input is the same as one over its output. */
function masked(ops: Ops, { x, attributes, signal }: Route, mask: Value): Value | undefined {
  const pooled = maskAnew(mask, (compared) => (compared === x ? ops.maxPool(x, attributes) : undefined))
  return pooled && maxPoolSignal(ops, x, attributes, ops.mul(signal, pooled))
}

/** Masks the signals of a max pool before they are spread over its windows. */
export const maskedPools: BuildPass = {
  name: 'masked-pools',
  when: 'build',
  does: "The mask of a ReLU before a max pool is applied to the signal of the pool's outputs, and not to that of its inputs, of which there are four times as many; so is the rectifier of guided backpropagation.",
  needs:
    'A signal came back through the pool, and the mask compares the input of that pool with numbers; a rectifier needs windows that do not overlap.',
  rewrite({ op, inputs }, ops) {
    const [a, b] = inputs
    const left = routeOf(a)
    const route = left ?? routeOf(b)
    if (!route) return undefined
    const { x, attributes, signal } = route
    if (op === 'Relu' && isTiling(x, attributes)) return maxPoolSignal(ops, x, attributes, ops.relu(signal))
    const mask = left ? b : a
    return op === 'Mul' && mask && sameShape(mask.shape, x.shape) ? masked(ops, route, mask) : undefined
  },
}
