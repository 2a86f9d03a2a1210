const BITS = 11
const BINS = 1 << BITS

/** The smallest of the values above `floor`, or the floor if there is none. */
function nextAbove(data: Float32Array, floor: number): number {
  let next = Infinity
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    if (value > floor && value < next) next = value
  }
  return next === Infinity ? floor : next
}

/** A value's place in sorted order, and how many values are not above it. */
interface Selected {
  readonly value: number
  readonly notAbove: number
}

/**
 * The `index`-th smallest (from 0) of values ≥ 0 without sorting them: the bits of such floats are in the order of the
 * floats, so that three counts of 11 bits each find it.
 */
function select(data: Float32Array, index: number): Selected {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length)
  let [prefix, below] = [0, 0]
  let inBin = 0
  for (let shift = 22; shift >= 0; shift -= BITS) {
    const counts = new Uint32Array(BINS)
    // The first digit has no prefix to agree with: its 10 bits are all there is above it.
    const high = shift + BITS
    for (let i = 0; i < bits.length; i++) {
      const key = bits[i]!
      if (shift === 22 || key >>> high === prefix) counts[(key >>> shift) & (BINS - 1)]!++
    }
    let bin = 0
    while (below + counts[bin]! <= index) below += counts[bin++]!
    inBin = counts[bin]!
    prefix = prefix * BINS + bin
  }
  const value = new Float32Array(new Uint32Array([prefix]).buffer)[0]!
  return { value, notAbove: below + inBin }
}

/** The `index`-th smallest value (from 0) of values ≥ 0, and the one after it (itself where it is the last). */
export function neighbours(data: Float32Array, index: number): readonly [number, number] {
  const { value, notAbove } = select(data, index)
  return [value, notAbove > index + 1 ? value : nextAbove(data, value)]
}
