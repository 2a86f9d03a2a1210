import type { KerasLayer, KerasTopology } from './topology.ts'

/** Keras' own conversion: `DepthwiseConv2D` → `depthwise_conv2d`, `ReLU` → `re_lu`. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

/**
 * Where Keras 3 stores each layer's weights: by its class and its number among the layers of that class, not by its name
 * (`layers/conv2d_1`).
 */
export function storagePaths(topology: KerasTopology, prefix = ''): ReadonlyMap<KerasLayer, string> {
  const paths = new Map<KerasLayer, string>()
  const counts = new Map<string, number>()
  for (const layer of topology.layers) {
    // An operation is no layer, and has no weights.
    if (layer.identity.origin === 'operation') continue
    const kind = snakeCase(layer.className)
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    const path = `${prefix}layers/${count === 0 ? kind : `${kind}_${count}`}`
    paths.set(layer, path)
    if (!layer.model) continue
    for (const [inner, innerPath] of storagePaths(layer.model, `${path}/`)) paths.set(inner, innerPath)
  }
  return paths
}
