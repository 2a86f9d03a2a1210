import { SaliencyError } from '@saliency/core'
import { modelFileAmong, type ModelFiles } from '@saliency/model-formats'
import { unzipSync } from 'fflate'
import type { BroughtFile } from '../protocol.ts'

/** A model's file, and how files beside it are read. */
export interface ModelPlace {
  readonly name: string
  readonly path: string
  readonly files: ModelFiles
}

type Read = () => Promise<Uint8Array>

/** What an archive may unpack to: more than any browser holds. */
const MOST_BYTES = 2 ** 31

const isArchive = (path: string) => /\.zip$/i.test(path)
const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1)
const stem = (path: string) => (path.split('/').at(-1) ?? path).replace(/\.[^.]+$/, '')

/** The files in a zip archive: of Teachable Machine, or of a folder that was packed. */
function unpacked(name: string, bytes: Uint8Array): Map<string, Read> {
  let size = 0
  try {
    const files = unzipSync(bytes, {
      filter({ originalSize }) {
        size += originalSize
        if (size > MOST_BYTES)
          throw new SaliencyError('FILE', `${name} unpacks to more than 2 GiB, which no page can hold.`)
        return true
      },
    })
    return new Map(Object.entries(files).map(([path, content]) => [path, async () => content]))
  } catch (cause) {
    if (SaliencyError.is(cause)) throw cause
    throw new SaliencyError('FILE', `${name} is a damaged zip archive. Download or pack it again.`, { cause })
  }
}

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer())

/** Every file by its path; those of an archive in its place. */
async function filesByPath(files: readonly BroughtFile[]): Promise<Map<string, Read>> {
  const all = new Map<string, Read>()
  for (const { path, file } of files) {
    if (!isArchive(path)) all.set(path, () => bytesOf(file))
    else
      for (const [inner, read] of unpacked(path, await bytesOf(file))) all.set(`${stem(path)}/${inner}`, read)
  }
  return all
}

/**
 * Finds the model among the files that a person brought; what lies beside it is read from them, too.
 * @throws FILE where there is none, or several
 */
export async function findBrought(brought: readonly BroughtFile[]): Promise<ModelPlace> {
  const all = await filesByPath(brought)
  const [only] = brought
  // A single file is what the importer says it is, whatever its name.
  const known = brought.length === 1 && only && !isArchive(only.path)
  const path = known ? only.path : modelFileAmong([...all.keys()], 'What you brought')
  const folder = folderOf(path)
  const name = stem(path) === 'model' && folder !== '' ? stem(folder.slice(0, -1)) : stem(path)
  return {
    name,
    path: path.slice(folder.length),
    files: {
      async read(wanted) {
        const read = all.get(`${folder}${wanted}`)
        if (read) return read()
        throw new SaliencyError(
          'FILE',
          `${wanted} is needed, but was not brought: drop it together with ${path}.`,
        )
      },
    },
  }
}
