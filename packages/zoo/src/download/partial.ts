import { open, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SaliencyError } from '@saliency/core'

/** A download that may have been broken off: its file, and what the server called the version it began with. */
export interface Partial {
  readonly path: string
  /** Bytes on disk already. */
  readonly size: number
  /** The server's ETag, without which a download is not resumed but begun again. */
  readonly etag?: string
}

/** Looks for the beginning of a file; a beginning of unknown version counts as none. */
export async function findPartial(destination: string): Promise<Partial> {
  const path = `${destination}.part`
  const etag = await readFile(`${path}.etag`, 'utf8').catch(() => undefined)
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  return etag === undefined ? { path, size: 0 } : { path, size, etag }
}

/** Removes the beginning of a file. */
export async function discardPartial({ path }: Partial): Promise<void> {
  await Promise.all([rm(path, { force: true }), rm(`${path}.etag`, { force: true })])
}

/**
 * Writes what the server sends, after what is there if it goes on from there.
 * @throws DOWNLOAD if there is not enough space; whatever a broken connection throws
 */
export async function writeBody(
  partial: Partial,
  response: Response,
  onProgress: (bytes: number, total: number | undefined) => void,
): Promise<void> {
  const resumes = response.status === 206
  const etag = response.headers.get('etag')
  const length = response.headers.get('content-length')
  let done = resumes ? partial.size : 0
  const total = length === null ? undefined : done + Number(length)
  if (length !== null) await checkSpace(partial.path, Number(length))
  if (etag === null) await rm(`${partial.path}.etag`, { force: true })
  else await writeFile(`${partial.path}.etag`, etag)
  const file = await open(partial.path, resumes ? 'a' : 'w')
  try {
    for await (const chunk of bodyOf(response)) {
      await file.writeFile(chunk)
      done += chunk.length
      onProgress(done, total)
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') throw noSpace(partial.path, undefined, cause)
    throw cause
  } finally {
    await file.close()
  }
}

/** Node's streams are iterable, which the types of the browser's do not say. */
function bodyOf(response: Response): AsyncIterable<Uint8Array> | [] {
  return (response.body as unknown as AsyncIterable<Uint8Array> | null) ?? []
}

async function checkSpace(path: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path))
  if (bavail * bsize < needed) throw noSpace(path, [needed, bavail * bsize])
}

function noSpace(
  path: string,
  sizes?: readonly [needed: number, free: number],
  cause?: unknown,
): SaliencyError {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`
  const numbers = sizes === undefined ? '' : ` (${megabytes(sizes[0])} needed, ${megabytes(sizes[1])} free)`
  return new SaliencyError(
    'DOWNLOAD',
    `there is no space left in ${dirname(path)}${numbers}: free some, or choose another cache folder`,
    { cause },
  )
}
