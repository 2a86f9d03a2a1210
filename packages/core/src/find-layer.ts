import { SaliencyError } from './errors.ts'
import type { Value } from './graph/value.ts'
import type { Layer } from './model.ts'
import { suggestion } from './nearest.ts'

/** Names that an error lists at most. */
const LISTED = 8

/**
 * The layer that returns what the module `path` does (`layer4.1`, which holds `layer4.1.conv1`, `layer4.1.relu`, …): the one
 * of its layers that others read. Undefined where there is no such module, or more than one of its layers is read.
 */
function outputOfModule(path: string, layers: readonly Layer[]): Layer | undefined {
  const isInside = ({ name }: Layer) => name.startsWith(`${path}.`)
  const inside = layers.filter(isInside)
  const read = new Set<Value>()
  for (const layer of layers) {
    if (isInside(layer)) continue
    for (const node of layer.nodes) for (const input of node.inputs) read.add(input)
  }
  const outputs = inside.filter(({ nodes }) =>
    nodes.some((node) => node.outputs.some((value) => read.has(value))),
  )
  return outputs.length === 1 ? outputs[0] : undefined
}

/**
 * The layer called `wanted`, or the one whose output is that of the module `wanted`.
 * @throws UNKNOWN_LAYER with the nearest names.
 */
export function findLayer(model: string, wanted: string, layers: readonly Layer[]): Layer {
  const isWanted = ({ name }: Layer) => name.normalize() === wanted.normalize()
  const found = layers.find(isWanted) ?? outputOfModule(wanted, layers)
  if (found) return found
  const names = layers.map(({ name }) => name)
  const more = names.length > LISTED ? `, … (${names.length})` : ''
  throw new SaliencyError(
    'UNKNOWN_LAYER',
    `${model} has no layer '${wanted}'.${suggestion(wanted, names)} It has ${names.slice(0, LISTED).join(', ')}${more}.`,
  )
}
