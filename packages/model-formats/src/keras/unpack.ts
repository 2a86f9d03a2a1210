import { unzipSync } from 'fflate'
import { invalid } from '../problems.ts'

/** An entry of this size or more is not unpacked: it would not fit into one array. */
const maximumBytes = 2 ** 32 - 2 ** 16

/** What packs better than this is no network: weights hardly pack at all, and Keras does not pack them. */
const maximumRatio = 100

/** Small entries may pack as they like. */
const smallBytes = 2 ** 26

const inGigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`

/**
 * Unpacks some entries of a zip archive. Sizes are declared in the archive and are checked before anything is unpacked.
 * @throws INVALID_MODEL when the archive is broken, or an entry is too large or packed too well to be a network.
 */
export function unpack(bytes: Uint8Array, wanted: ReadonlySet<string>): Record<string, Uint8Array> {
  const refused: string[] = []
  const isSound = (name: string, packed: number, size: number): boolean => {
    if (size >= maximumBytes) refused.push(`'${name}' is ${inGigabytes(size)} large; up to 4 GiB can be read`)
    else if (size > smallBytes && size > maximumRatio * packed)
      refused.push(`'${name}' unpacks from ${packed} bytes to ${inGigabytes(size)}, which no network does`)
    return refused.length === 0
  }
  let entries: Record<string, Uint8Array>
  try {
    entries = unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => wanted.has(name) && isSound(name, size, originalSize),
    })
  } catch (cause) {
    throw invalid(
      `The .keras archive is broken or truncated (${(cause as Error).message}). Download it again.`,
      cause,
    )
  }
  if (refused.length > 0) throw invalid(`The .keras archive cannot be read: ${refused.join('; ')}.`)
  return entries
}
