import { readFileSync } from 'node:fs'

/** Reads a `.npy` file by NumPy's published format, independently of the code under test. */
export function readNpy(path: string): { shape: number[]; values: Float32Array } {
  const bytes = readFileSync(path)
  if (bytes.toString('latin1', 1, 6) !== 'NUMPY' || bytes[0] !== 0x93)
    throw new Error(`${path} is no .npy file`)
  const length = bytes.readUInt16LE(8)
  const header = bytes.toString('latin1', 10, 10 + length)
  if ((10 + length) % 64 !== 0) throw new Error('the data is not aligned to 64 bytes')
  if (!header.includes("'descr': '<f4'") || !header.includes("'fortran_order': False"))
    throw new Error(header)
  const shape = (/\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number)
  const count = (bytes.length - 10 - length) / 4
  return {
    shape,
    values: Float32Array.from({ length: count }, (_, i) => bytes.readFloatLE(10 + length + 4 * i)),
  }
}
