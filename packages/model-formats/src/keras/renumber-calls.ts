import { mapTensors, tensorsOf, type TensorReference } from './argument.ts'
import type { KerasLayer, KerasTopology } from './topology.ts'

/**
 * A nested model may count its own making as call 0, so that its first use is call 1. References to such layers are
 * brought to count from 0, as for every other layer.
 */
export function renumberCalls(topology: KerasTopology): KerasTopology {
  const references = [
    ...topology.outputs,
    ...topology.layers.flatMap((layer) => layer.calls.flatMap(tensorsOf)),
  ]
  const highest = new Map<string, number>()
  for (const { layer, call } of references) highest.set(layer, Math.max(highest.get(layer) ?? 0, call))
  const shifted = new Set(
    topology.layers
      .filter((layer) => layer.model && (highest.get(layer.name) ?? 0) >= layer.calls.length)
      .map((layer) => layer.name),
  )
  const shift = (reference: TensorReference): TensorReference =>
    shifted.has(reference.layer) ? { ...reference, call: reference.call - 1 } : reference
  const layers = topology.layers.map((layer): KerasLayer => ({
    ...layer,
    calls: layer.calls.map((call) => mapTensors(call, shift)),
  }))
  return { ...topology, layers, outputs: topology.outputs.map(shift) }
}
