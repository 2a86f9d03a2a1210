const POINTER = 'version https://git-lfs'

/** What is said of a file that is a Git LFS pointer, as the rest of a sentence; undefined of any other. */
export function lfsPointer(bytes: Uint8Array): string | undefined {
  const isPointer = Array.from(POINTER).every((character, index) => bytes[index] === character.charCodeAt(0))
  return isPointer
    ? "is a Git LFS pointer, the text that stands for the file in a repository. Run 'git lfs pull' there, or download the file itself."
    : undefined
}

/** Text that people or programs wrote: UTF-8, or UTF-16 where a byte order mark says so, as some shells write it; without the mark. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

/** A name as it is, and as disks may spell it: an é of one character is two on some, and the other way round. */
export function spellings(name: string): readonly string[] {
  return [...new Set([name, name.normalize('NFC'), name.normalize('NFD')])]
}
