import { readTexts } from './attribute.ts'
import { broken, foreign } from './cursor.ts'
import { readDataset, type Hdf5Dataset } from './dataset.ts'
import { readLinks } from './links.ts'
import { readObjectHeader, type ObjectHeader } from './object-header.ts'
import { createSource, type Hdf5Source } from './source.ts'

/** What a Keras file is read for. */
export interface Hdf5File {
  /** An attribute of the root as text, or undefined where there is none. */
  text(attribute: string): string | undefined
  /** Every array by its path, `layers/conv2d/vars/0`. */
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>
  /** Paths of all groups; the root is the empty one. */
  readonly groups: readonly string[]
  /** The texts of an attribute of a group, `weight_names`; undefined where it has none. */
  texts(group: string, attribute: string): readonly string[] | undefined
}

/** Groups in groups: Keras nests by models in models. */
const deepest = 64

/**
 * Opens an HDF5 file held in memory: the part of the format that Keras, through h5py, writes (HDF5 file format 3.0;
 * superblocks 0 to 3, groups by symbol table or links, contiguous, compact and chunked arrays). Every structure is read
 * once and nothing outside the file, so that a damaged file ends in an error and never in a loop.
 *
 * No library reads the file: h5wasm never returns from some files with a few changed bytes, and jsfive 0.4.2 never returns
 * from a group's tree whose nodes each point twice at the node below. An adapter cannot prevent that, because jsfive
 * follows such trees, and object headers of any length, as soon as it opens a file or group.
 * @throws INVALID_MODEL when the file is broken, or uses what Keras does not write.
 */
export function openHdf5(bytes: Uint8Array): Hdf5File {
  const source = createSource(bytes)
  const groups = new Map<string, ObjectHeader>()
  const datasets = new Map<string, Hdf5Dataset>()
  const walk = (address: number, path: string, depth: number): void => {
    if (depth > deepest) throw broken(`groups are nested more than ${deepest} deep`)
    const header = readObjectHeader(source, address)
    const links = readLinks(source, header)
    if (!links) {
      const dataset = readDataset(source, header, path)
      if (dataset) datasets.set(path, dataset)
      return
    }
    groups.set(path, header)
    for (const link of links) walk(link.address, path === '' ? link.name : `${path}/${link.name}`, depth + 1)
  }
  walk(rootAddress(source), '', 0)
  const texts = (group: string, attribute: string) => {
    const header = groups.get(group)
    return header && readTexts(source, header, attribute)
  }
  return { text: (attribute) => texts('', attribute)?.[0], datasets, groups: [...groups.keys()], texts }
}

/** Where the root group is (HDF5 file format 3.0, section II.A). */
function rootAddress(source: Hdf5Source): number {
  const cursor = source.at(0)
  cursor.skip(8) // the signature
  const version = cursor.whole(1)
  if (version > 3) throw broken(`it has the version ${version}`)
  if (version < 2) cursor.skip(4) // versions of other structures
  const [offsets, lengths] = [cursor.whole(1), cursor.whole(1)]
  if (offsets !== 8 || lengths !== 8) throw foreign(`addresses of ${offsets} bytes`)
  if (version < 2) cursor.skip(version === 0 ? 9 : 13)
  else cursor.skip(1)
  const base = cursor.address()
  if (base !== 0) throw foreign('a user block')
  if (version < 2) cursor.skip(24 + 8) // free space, end, driver; the root's name
  else cursor.skip(16) // extension, end
  const root = cursor.address()
  if (root === undefined) throw broken('it has no root group')
  return root
}
