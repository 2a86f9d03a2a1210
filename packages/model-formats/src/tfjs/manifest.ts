import { shortJson } from '@saliency/core'
import { isObject, type JsonObject } from '../keras/config-reader.ts'
import type { StoredWeight } from '../keras/topology.ts'
import type { ModelFiles } from '../model-files.ts'
import { invalid } from '../problems.ts'
import { decodeValues, widthOf, type SourceType } from '../weights/decode-values.ts'
import { checkedSize } from '../weights/limits.ts'
import { ownEntry } from '../own-entry.ts'

/** A weight of a TensorFlow.js model with its element type. */
export interface ManifestWeight extends StoredWeight {
  readonly name: string
  readonly type: SourceType
}

interface Entry {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: SourceType
  readonly quantization?: { readonly type: SourceType; readonly scale: number; readonly minimum: number }
}

const types: Readonly<Record<string, SourceType>> = {
  float32: 'float32',
  int32: 'int32',
  bool: 'bool',
  uint8: 'uint8',
  uint16: 'uint16',
  float16: 'float16',
}

function readType(value: unknown, name: string): SourceType {
  const type = ownEntry(types, String(value))
  if (!type) throw invalid(`The weight '${name}' has the type ${shortJson(value)}, which is not supported.`)
  return type
}

function readEntry(value: unknown): Entry {
  if (!isObject(value) || typeof value['name'] !== 'string' || !Array.isArray(value['shape'])) {
    throw invalid('The weights manifest holds an entry without a name and a shape.')
  }
  const { name, shape, quantization } = value as JsonObject & { name: string; shape: number[] }
  checkedSize(shape, `The weight '${name}'`)
  const entry = { name, shape, type: readType(value['dtype'], name) }
  if (!isObject(quantization)) return entry
  const scale = Number(quantization['scale'] ?? 1)
  const minimum = Number(quantization['min'] ?? 0)
  return { ...entry, quantization: { type: readType(quantization['dtype'], name), scale, minimum } }
}

/** The weights of a manifest, its shards read one group after another. */
export async function readManifest(manifest: unknown, files: ModelFiles): Promise<readonly ManifestWeight[]> {
  if (!Array.isArray(manifest))
    throw invalid('The model has no weightsManifest: it was saved without its weights.')
  const weights: ManifestWeight[] = []
  for (const group of manifest as unknown[]) {
    if (!isObject(group) || !Array.isArray(group['paths']) || !Array.isArray(group['weights'])) {
      throw invalid('The weights manifest holds a group without paths and weights.')
    }
    const paths: readonly unknown[] = group['paths']
    if (!paths.every((path) => typeof path === 'string'))
      throw invalid(`The weights manifest lists the files ${shortJson(paths)}, which are no paths.`)
    const entries = group['weights'].map(readEntry)
    weights.push(...sliceWeights(entries, await readShards(paths, files), paths.join(', ')))
  }
  return weights
}

async function readShards(paths: readonly string[], files: ModelFiles): Promise<Uint8Array> {
  const shards: Uint8Array[] = []
  for (const path of paths) shards.push(await files.read(path))
  const [only] = shards
  if (only && shards.length === 1) return only
  const bytes = new Uint8Array(shards.reduce((sum, shard) => sum + shard.length, 0))
  let offset = 0
  for (const shard of shards) {
    bytes.set(shard, offset)
    offset += shard.length
  }
  return bytes
}

function sliceWeights(entries: readonly Entry[], bytes: Uint8Array, where: string): ManifestWeight[] {
  const stored = entries.map((entry) => ({ ...entry, stored: entry.quantization?.type ?? entry.type }))
  const needed = stored.map((entry) => checkedSize(entry.shape, entry.name) * widthOf(entry.stored))
  const total = needed.reduce((sum, size) => sum + size, 0)
  if (total !== bytes.length) {
    throw invalid(
      `${where} ${bytes.length < total ? 'is truncated' : 'does not fit the model'}: ` +
        `${bytes.length} bytes, but the manifest lists weights of ${total}. Download or export the model again.`,
    )
  }
  let offset = 0
  return stored.map(({ name, shape, type, stored: storedType, quantization }, index) => {
    const size = needed[index] ?? 0
    const data = decodeValues(bytes.subarray(offset, offset + size), storedType)
    offset += size
    if (quantization && quantization.type !== 'float16') {
      for (let at = 0; at < data.length; at++)
        data[at] = (data[at] as number) * quantization.scale + quantization.minimum
    }
    return { name, shape, type, data }
  })
}
