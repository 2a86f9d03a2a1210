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

/** A number rounded to half precision (IEEE 754 binary16), to nearest, ties to even; beyond ±65,504 infinite. */
export function numberToFloat16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (Number.isNaN(value)) return 0x7e00
  if (size >= 65520) return sign | 0x7c00
  const step = 2 ** (Math.max(Math.floor(Math.log2(size)), -14) - 10)
  const steps = size / step
  const low = Math.floor(steps)
  const rounded = steps - low > 0.5 || (steps - low === 0.5 && low % 2 === 1) ? low + 1 : low
  // Counted in steps, a normal number holds its leading 1; a carry goes on into the exponent by itself.
  const exponent = Math.log2(step) + 24
  return sign | (exponent * 1024 + rounded)
}

/** Half precision (IEEE 754 binary16) as a number. */
export function float16ToNumber(bits: number): number {
  table ??= Float32Array.from({ length: 0x10000 }, (_, half) => decode(half))
  return table[bits] as number
}
