/** Tags of TIFF 6.0, section 8 and 21. */
const COMPRESSION = 259
const PHOTOMETRIC = 262
const NONE = 1
const YCBCR = 6

/** The whole numbers of the first directory of a TIFF file, by tag; only those that fit into their entry. */
function directoryOf(bytes: Uint8Array): ReadonlyMap<number, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isLittle = bytes[0] === 0x49
  const start = view.getUint32(4, isLittle)
  const count = view.getUint16(start, isLittle)
  return new Map(
    Array.from({ length: count }, (_, index): [number, number] => {
      const entry = start + 2 + index * 12
      const isShort = view.getUint16(entry + 2, isLittle) === 3
      const value = isShort ? view.getUint16(entry + 8, isLittle) : view.getUint32(entry + 8, isLittle)
      return [view.getUint16(entry, isLittle), value]
    }),
  )
}

/**
 * Whether a TIFF file stores brightness and colour differences (YCbCr) as they are: its decoder takes them for red, green and
 * blue. Behind JPEG's compression it converts them.
 */
export function isBareYcbcr(bytes: Uint8Array): boolean {
  // BigTIFF has other entries, and hardly a writer.
  if (bytes.length < 8 || (bytes[2] !== 42 && bytes[3] !== 42)) return false
  try {
    const tags = directoryOf(bytes)
    return (
      tags.get(PHOTOMETRIC) === YCBCR && (tags.get(COMPRESSION) ?? NONE) !== 7 && tags.get(COMPRESSION) !== 6
    )
  } catch {
    // A directory outside the file: the decoder says so.
    return false
  }
}
