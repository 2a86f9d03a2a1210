/** What a node does to the axes of the image it reads: moves them, reads one as channels, or leaves them. */
export type AxisReading = { readonly perm: readonly number[] } | { readonly channels: number } | 'kept'

/** A node as far as it says which axis of an image holds the channels. */
export interface AxisReader {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Undefined where axes are merged, split or forgotten. */
  readonly reading: AxisReading | undefined
}

/**
 * The axis of the image that holds its channels, as the first layer that knows reads it: a convolution behind a transposition
 * says what the transposition moved there. Undefined where no layer says.
 * @param nodes each behind those it reads from
 */
export function channelAxis(image: string, nodes: readonly AxisReader[]): number | undefined {
  const orders = new Map<string, readonly number[]>([[image, [0, 1, 2, 3]]])
  for (const { inputs, outputs, reading } of nodes) {
    const order = inputs.map((name) => orders.get(name)).find((found) => found !== undefined)
    if (!order || reading === undefined) continue
    if (reading !== 'kept' && 'channels' in reading) return order[reading.channels]
    const moved = reading === 'kept' ? order : reading.perm.map((axis) => order[axis] as number)
    for (const name of outputs) orders.set(name, moved)
  }
  return undefined
}
