function decode(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** All 65,536 half-precision numbers, filled when the first one is read: a network has millions of them. */
let table: Float32Array | undefined

/** Half precision (IEEE 754 binary16) as a number. */
export function float16ToNumber(bits: number): number {
  table ??= Float32Array.from({ length: 0x10000 }, (_, half) => decode(half))
  return table[bits] as number
}
