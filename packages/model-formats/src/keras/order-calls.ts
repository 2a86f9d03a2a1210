import { invalid } from '../problems.ts'
import { tensorsOf, type TensorReference } from './argument.ts'
import type { KerasLayer, KerasTopology } from './topology.ts'

/** One call of a layer. */
export interface OrderedCall {
  readonly layer: KerasLayer
  readonly call: number
}

/**
 * The calls that the outputs need, each after the calls it reads from.
 * @throws INVALID_MODEL for references to layers that do not exist, and for cycles.
 */
export function orderCalls(topology: KerasTopology): readonly OrderedCall[] {
  const layers = new Map(topology.layers.map((layer) => [layer.name, layer]))
  const state = new Map<string, 'open' | 'done'>()
  const order: OrderedCall[] = []
  const inputs = new Map<KerasLayer, readonly (readonly TensorReference[])[]>(
    topology.layers.map((layer) => [layer, layer.calls.map(tensorsOf)]),
  )
  // An explicit stack, since recursion over a deep net would overflow the real one.
  const stack: { reference: TensorReference; next: number }[] = []
  const push = (reference: TensorReference) => stack.push({ reference, next: 0 })
  for (const output of topology.outputs) {
    push(output)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const { layer: name, call } = top.reference
      const layer = layers.get(name)
      const reads = layer && inputs.get(layer)?.[call]
      if (!layer || !reads)
        throw invalid(`${topology.name}: the layer '${name}' is used, but call ${call} of it is missing.`)
      const key = `${name}\n${call}`
      if (top.next === 0 && state.has(key)) {
        stack.pop()
        if (state.get(key) === 'open')
          throw invalid(`${topology.name}: the layer '${name}' depends on itself.`)
        continue
      }
      state.set(key, 'open')
      const input = reads[top.next++]
      if (input) {
        push(input)
      } else {
        stack.pop()
        state.set(key, 'done')
        order.push({ layer, call })
      }
    }
  }
  return order
}
