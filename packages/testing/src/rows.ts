import { tensor, type FloatTensor } from '@saliency/core'

/** One row of a batched tensor, `[1, …]`. */
export function rowOf({ data, shape }: FloatTensor, row: number): FloatTensor {
  const size = data.length / Number(shape[0])
  return tensor(data.slice(row * size, (row + 1) * size), [1, ...shape.slice(1)])
}

/** Batches of one row shape, `[n₁, …]`, `[n₂, …]` and so on, as one batch, `[n₁ + n₂ + …, …]`, in their order. */
export function stack(rows: readonly FloatTensor[]): FloatTensor {
  const count = rows.reduce((sum, { shape }) => sum + Number(shape[0]), 0)
  const data = new Float32Array(rows.reduce((sum, row) => sum + row.data.length, 0))
  let offset = 0
  for (const row of rows) {
    data.set(row.data, offset)
    offset += row.data.length
  }
  return tensor(data, [count, ...(rows[0]?.shape.slice(1) ?? [])])
}

/** A row `[1, k]` repeated `count` times. */
export function repeat(row: FloatTensor, count: number): FloatTensor {
  return stack(Array.from({ length: count }, () => row))
}
