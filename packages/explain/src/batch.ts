import { type FloatTensor, type Plan, type Session, tensor } from '@saliency/core'

/** Rows `from … from + size` of a tensor along its first axis; beyond the end, the last row is repeated. */
export function batchOf(value: FloatTensor, from: number, size: number): FloatTensor {
  const [count = 0, ...rest] = value.shape
  const length = rest.reduce((product, dim) => product * dim, 1)
  if (from + size <= count)
    return tensor(value.data.subarray(from * length, (from + size) * length), [size, ...rest])
  const data = new Float32Array(size * length)
  for (let row = 0; row < size; row++) {
    const source = Math.min(from + row, count - 1)
    data.set(value.data.subarray(source * length, (source + 1) * length), row * length)
  }
  return tensor(data, [size, ...rest])
}

/** Puts the first rows of batches together again, `count` in all. */
export function joinBatches(batches: readonly FloatTensor[], count: number): FloatTensor {
  const [first] = batches
  if (!first) throw new Error('internal: nothing to join')
  const [size = 1, ...rest] = first.shape
  const length = rest.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(count * length)
  batches.forEach((batch, index) => {
    const rows = Math.min(size, count - index * size)
    data.set(batch.data.subarray(0, rows * length), index * size * length)
  })
  return tensor(data, [count, ...rest])
}

/** Runs a session over all images, `batchSize` at a time: every output of its plan, one image after the other. */
export async function runBatches(
  session: Session,
  { outputs }: Plan,
  feeds: Readonly<Record<string, FloatTensor>> & { readonly image: FloatTensor },
  batchSize: number,
): Promise<Map<string, FloatTensor>> {
  const count = feeds.image.shape[0] as number
  const batches = new Map<string, FloatTensor[]>(Object.keys(outputs).map((id) => [id, []]))
  for (let from = 0; from < count; from += batchSize) {
    const batch = Object.entries(feeds).map(([name, values]) => [name, batchOf(values, from, batchSize)])
    const result = await session.run(Object.fromEntries(batch) as Record<string, FloatTensor>)
    for (const [id, list] of batches) list.push(result[id] as FloatTensor)
  }
  return new Map([...batches].map(([id, list]) => [id, joinBatches(list, count)]))
}
