/** Values ≥ 0 are told apart by their highest bits first: sixteen parts of each power of two. */
const SHIFT = 19
const BINS = 1 << (31 - SHIFT)

const counts = new Uint32Array(BINS)

/**
 * The `index`-th smallest value (from 0) of values ≥ 0, and the one after it (itself where it is the last), sorting few of
 * them: the bits of such floats are in the order of the floats, so that counts of their highest bits say which to sort.
 */
export function neighbours(data: Float32Array, index: number): readonly [number, number] {
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length)
  counts.fill(0)
  for (let i = 0; i < bits.length; i++) counts[bits[i]! >> SHIFT]!++
  const last = Math.min(index + 1, data.length - 1)
  let [bin, below] = [0, 0]
  while (below + counts[bin]! <= index) below += counts[bin++]!
  let [end, total] = [bin, below + counts[bin]!]
  while (total <= last) total += counts[++end]!
  const near = new Float32Array(total - below)
  let found = 0
  for (let i = 0; i < bits.length; i++) {
    const own = bits[i]! >> SHIFT
    if (own >= bin && own <= end) near[found++] = data[i]!
  }
  near.sort()
  return [near[index - below]!, near[last - below]!]
}
