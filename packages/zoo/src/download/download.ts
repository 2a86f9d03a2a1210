import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { discardPartial, findPartial, writeBody, type Partial } from './partial.ts'
import { fingerprint, mismatch, type Fingerprint } from './verify.ts'

/** A file to fetch and how to recognise it. */
export interface RemoteFile extends Fingerprint {
  readonly url: string
}

/** How to fetch. */
export interface DownloadOptions {
  /** Told after each piece: bytes so far, and of how many if the server says so. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void
  /** Times to go on after a broken connection; default 3. */
  readonly retries?: number
  /** Milliseconds to wait before the first of them, doubled each time; default 1000. */
  readonly delay?: number
}

/**
 * Fetches a file once: a file that is there with the recorded size is kept, one that was broken off is resumed, and
 * what arrives must have the expected size and hash. Size and SHA-256 are recorded beside it, in `FILE.json`.
 * @returns `destination`
 * @throws DOWNLOAD if the server cannot be reached or refuses, the file is not the expected one, or there is no space
 */
export async function download(
  remote: RemoteFile,
  destination: string,
  { onProgress = () => {}, retries = 3, delay = 1000 }: DownloadOptions = {},
): Promise<string> {
  if (await isComplete(remote, destination)) return destination
  await mkdir(dirname(destination), { recursive: true })
  await fetchWithRetries(remote, destination, { onProgress, retries, delay })
  const partial = await findPartial(destination)
  const found = await fingerprint(partial.path)
  const problem = mismatch(found, remote)
  if (problem !== undefined) {
    await discardPartial(partial)
    throw new SaliencyError(
      'DOWNLOAD',
      `${remote.url} is not the expected file: ${problem}. It was deleted; try again, or report it if it stays so`,
    )
  }
  const { size, sha256 } = found
  await writeFile(`${destination}.json`, `${JSON.stringify({ url: remote.url, size, sha256 })}\n`)
  await rename(partial.path, destination)
  await discardPartial(partial)
  return destination
}

/** True if the file is there with the size that was recorded when its hash was checked. */
async function isComplete({ size }: RemoteFile, destination: string): Promise<boolean> {
  const there = await stat(destination).catch(() => undefined)
  if (there === undefined) return false
  const record = await readFile(`${destination}.json`, 'utf8').then(JSON.parse, () => undefined)
  const expected = (record as Fingerprint | undefined)?.size ?? size
  if (expected === undefined || expected === there.size) return true
  throw new SaliencyError(
    'DOWNLOAD',
    `${destination} has ${there.size} bytes instead of ${expected}: delete it, and it will be fetched again`,
  )
}

async function fetchWithRetries(
  remote: RemoteFile,
  destination: string,
  { onProgress, retries, delay }: Required<DownloadOptions>,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetchOnce(remote, await findPartial(destination), onProgress)
    } catch (cause) {
      if (SaliencyError.is(cause)) throw cause
      if (attempt >= retries) throw unreachable(remote.url, destination, cause)
      await new Promise((resolve) => setTimeout(resolve, delay * 2 ** attempt))
    }
  }
}

async function fetchOnce(
  { url }: RemoteFile,
  partial: Partial,
  onProgress: Required<DownloadOptions>['onProgress'],
): Promise<void> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  if (partial.size > 0 && partial.etag !== undefined) {
    // With If-Range a server whose file has changed sends the whole new one.
    Object.assign(headers, { range: `bytes=${partial.size}-`, 'if-range': partial.etag })
  }
  const response = await fetch(url, { headers })
  if (response.status === 416) {
    // Nothing is left to send: either all of it is here, which the hash will tell, or the beginning is useless.
    await response.body?.cancel()
    if (response.headers.get('content-range')?.endsWith(`/${partial.size}`) === true) return
    await discardPartial(partial)
    throw new Error('the beginning of the file did not fit')
  }
  if (!response.ok) {
    await response.body?.cancel()
    if (response.status >= 500) throw new Error(`HTTP status ${response.status}`)
    throw new SaliencyError(
      'DOWNLOAD',
      `${url} cannot be fetched: the server answers ${response.status} ${response.statusText}`,
    )
  }
  await writeBody(partial, response, onProgress)
}

function unreachable(url: string, destination: string, cause: unknown): SaliencyError {
  const reason = (cause as Error).cause ?? cause
  return new SaliencyError(
    'DOWNLOAD',
    `${url} cannot be fetched: ${(reason as Error).message}. Run the command again to go on from where it broke off, or put the file at ${destination} yourself`,
    { cause },
  )
}
