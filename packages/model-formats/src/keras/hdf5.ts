import { SaliencyError } from '@saliency/core'
import type { Dataset, File, Group } from 'h5wasm'
import { invalid } from '../problems.ts'
import { checkedSize } from '../weights/limits.ts'
import type { StoredWeight } from './topology.ts'

type Hdf5 = typeof import('h5wasm')

let files = 0

/**
 * Opens an HDF5 file held in memory, runs `read`, and closes it.
 * @throws INVALID_MODEL when the bytes are no whole HDF5 file.
 */
export async function withHdf5<T>(bytes: Uint8Array, read: (file: File, library: Hdf5) => T): Promise<T> {
  const library = await import('h5wasm')
  const {
    FS,
    activate_throwing_error_handler: throwErrors,
    deactivate_throwing_error_handler: printErrors,
  } = await library.ready
  // The library reads from its own file system in memory; the name must be new for each file.
  const name = `model-${files++}.h5`
  FS.writeFile(name, bytes)
  let file: File | undefined
  // Otherwise the library prints its own trace of calls and goes on.
  throwErrors()
  try {
    file = new library.File(name, 'r')
    if (file.file_id === undefined || file.file_id < 0n) throw new Error('it cannot be opened')
    return read(file, library)
  } catch (error) {
    if (SaliencyError.is(error)) throw error
    throw invalid(
      `The HDF5 file is broken or truncated (${(error as Error).message}). Download it again.`,
      error,
    )
  } finally {
    printErrors()
    if (file?.file_id !== undefined && file.file_id >= 0n) file.close()
    FS.unlink(name)
  }
}

/** An attribute as text; Keras 2 stored some as bytes. */
export function textAttribute(group: Group | File, name: string): string | undefined {
  const value: unknown = group.attrs[name]?.value
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined
}

/** A dataset's values as 32-bit floats; its declared shape is checked before they are read. */
export function readDataset(dataset: Dataset, name: string): StoredWeight {
  const shape = dataset.shape ?? []
  checkedSize(shape, `The dataset '${name}'`)
  const { value } = dataset
  if (typeof value === 'number') return { shape, data: Float32Array.of(value) }
  if (!ArrayBuffer.isView(value) || value instanceof DataView)
    throw invalid(`The dataset '${name}' holds no numbers.`)
  return {
    shape,
    data:
      value instanceof Float32Array
        ? value
        : Float32Array.from(value as unknown as ArrayLike<number>, Number),
  }
}

/** Every dataset below a group with its path. */
export function listDatasets(
  group: Group | File,
  library: Hdf5,
  path = '',
): { path: string; dataset: Dataset }[] {
  return group.keys().flatMap((key) => {
    const entity = group.get(key)
    const below = path === '' ? key : `${path}/${key}`
    if (entity instanceof library.Dataset) return [{ path: below, dataset: entity }]
    return entity instanceof library.Group ? listDatasets(entity, library, below) : []
  })
}
