import { SaliencyError } from './errors.ts'
import type { Value } from './graph/value.ts'
import type { Layer } from './model.ts'
import { suggestion } from './nearest.ts'

/** Names that an error lists at most. */
const LISTED = 8

/**
 * The layers that return what the module `path` does (`layer4.1`, which holds `layer4.1.conv1`, `layer4.1.relu`, …): those
 * that others read. One, but for a module that is used several times or has several outputs; none where there is no such module.
 */
function outputsOfModule(path: string, layers: readonly Layer[]): readonly Layer[] {
  const start = `${path}.`.normalize()
  const isInside = ({ name }: Layer) => name.normalize().startsWith(start)
  const inside = layers.filter(isInside)
  const read = new Set<Value>()
  for (const layer of layers) {
    if (isInside(layer)) continue
    for (const node of layer.nodes) for (const input of node.inputs) read.add(input)
  }
  return inside.filter(({ nodes }) => nodes.some((node) => node.outputs.some((value) => read.has(value))))
}

function listed(layers: readonly Layer[]): string {
  const names = layers.slice(0, LISTED).map(({ name }) => name)
  return `${names.join(', ')}${layers.length > LISTED ? `, … (${layers.length})` : ''}`
}

/**
 * The layer called `wanted`, or the one whose output is that of the module `wanted`.
 * @throws UNKNOWN_LAYER with the nearest names.
 */
export function findLayer(model: string, wanted: string, layers: readonly Layer[]): Layer {
  const isWanted = ({ name }: Layer) => name.normalize() === wanted.normalize()
  const named = layers.find(isWanted)
  if (named) return named
  const outputs = outputsOfModule(wanted, layers)
  const [output] = outputs
  if (output && outputs.length === 1) return output
  if (output) {
    throw new SaliencyError(
      'UNKNOWN_LAYER',
      `${model}: '${wanted}' has several layers that others read. Name one of them: ${listed(outputs)}.`,
    )
  }
  const names = layers.map(({ name }) => name)
  throw new SaliencyError(
    'UNKNOWN_LAYER',
    `${model} has no layer '${wanted}'.${suggestion(wanted, names)} It has ${listed(layers)}.`,
  )
}
