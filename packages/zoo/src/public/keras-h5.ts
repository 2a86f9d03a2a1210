import { counted, SaliencyError } from '@saliency/core'
import { Dataset, File, Group, ready } from 'h5wasm/node'
import type { KerasArchitecture, WeightSpec } from './network.ts'
import type { KerasWeight } from './seeded-weights.ts'

/** A layer in a file of weights, its weights in the order in which Keras keeps them. */
interface StoredLayer {
  readonly name: string
  readonly weights: readonly Dataset[]
}

/** Weights from HDF5, by a library whose start is slow: whoever wants them loads this file then. */
export async function readHdf5Weights(path: string, architecture: KerasArchitecture): Promise<KerasWeight[]> {
  const library = await ready
  // Without it the library prints its error stack.
  library.activate_throwing_error_handler()
  const file = openFile(path)
  try {
    return matchLayers(storedLayers(file, path), architecture, path)
  } finally {
    file.close()
  }
}

function openFile(path: string): File {
  let file: File | undefined
  try {
    file = new File(path, 'r')
  } catch {
    // The library's own message is its whole error stack.
  }
  // Older versions return a file without a handle instead of throwing.
  if (file === undefined || file.file_id < 0n) {
    throw new SaliencyError(
      'INVALID_MODEL',
      `${path} is not a readable HDF5 file: it is missing, truncated or of another format`,
    )
  }
  return file
}

function storedLayers(file: File, path: string): StoredLayer[] {
  const nested = file.get('model_weights')
  const root = nested instanceof Group ? nested : file
  const names = nameList(root, 'layer_names')
  if (names.length === 0) {
    throw new SaliencyError(
      'INVALID_MODEL',
      `${path} holds no Keras weights: it has no attribute layer_names`,
    )
  }
  return names.flatMap((name): StoredLayer[] => {
    const group = root.get(name)
    if (!(group instanceof Group))
      throw new SaliencyError('INVALID_MODEL', `${path}: the layer ${name} is listed but missing`)
    const weights = nameList(group, 'weight_names').map((weight) => {
      const dataset = group.get(weight)
      if (dataset instanceof Dataset) return dataset
      throw new SaliencyError(
        'INVALID_MODEL',
        `${path}: layer ${name} lists the weight ${weight}, which is missing`,
      )
    })
    return weights.length > 0 ? [{ name, weights }] : []
  })
}

/** An attribute with a list of names, which Keras cuts into `name0`, `name1`, … where it is too long. */
function nameList(group: Group, attribute: string): string[] {
  const { attrs } = group
  const whole = attrs[attribute]
  if (whole !== undefined) return (whole.value as string[] | null)?.map(String) ?? []
  const parts: string[] = []
  for (let index = 0; ; index++) {
    const part = attrs[`${attribute}${index}`]
    if (part === undefined) return parts
    parts.push(...(part.value as string[]).map(String))
  }
}

function matchLayers(
  stored: readonly StoredLayer[],
  { weights, name }: KerasArchitecture,
  path: string,
): KerasWeight[] {
  const needed = new Map<string, WeightSpec[]>()
  for (const spec of weights) needed.set(spec.layer, [...(needed.get(spec.layer) ?? []), spec])
  const byName = new Map(stored.map((layer) => [layer.name, layer]))
  const isNamed = [...needed.keys()].every((layer) => byName.has(layer))
  if (!isNamed && stored.length !== needed.size) {
    const missing = [...needed.keys()].find((layer) => !byName.has(layer))
    throw new SaliencyError(
      'INVALID_MODEL',
      `${path} does not fit ${name}: it has ${counted(stored.length, 'layer')} with weights instead of ${needed.size}, and none called ${missing}`,
    )
  }
  return [...needed].flatMap(([layer, specs], index) => {
    const source = (isNamed ? byName.get(layer) : stored[index]) as StoredLayer
    if (source.weights.length !== specs.length) {
      throw new SaliencyError(
        'INVALID_MODEL',
        `${path}: layer ${source.name} has ${source.weights.length} weights, but ${layer} needs ${specs.length}`,
      )
    }
    return specs.map((spec, position) => readWeight(source.weights[position] as Dataset, spec, path))
  })
}

function readWeight(dataset: Dataset, { layer, weight, shape }: WeightSpec, path: string): KerasWeight {
  const where = `${path}: ${layer}/${weight}`
  const found = dataset.shape ?? []
  // Shapes are compared before a single value is read.
  if (found.join() !== shape.join()) {
    throw new SaliencyError(
      'INVALID_MODEL',
      `${where} has the shape [${found.join(', ')}], but [${shape.join(', ')}] is needed`,
    )
  }
  const { value } = dataset
  if (value instanceof Float32Array) return { name: `${layer}/${weight}`, shape, data: value }
  if (value instanceof Float64Array)
    return { name: `${layer}/${weight}`, shape, data: Float32Array.from(value) }
  throw new SaliencyError('INVALID_MODEL', `${where} holds no floats but ${String(dataset.dtype)}`)
}
