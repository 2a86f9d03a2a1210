import { backward, directionInput, type FloatTensor, type Value } from '@saliency/core'
import { oneHot, runOnce, seededImages, type TinyNetwork } from '@saliency/testing'

/** A square matrix, or several rows of one. */
export type Matrix = readonly (readonly number[])[]

/** Sums, products and norms written out, one image at a time. */
export const identity = (size: number): Matrix =>
  Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => Number(row === column)),
  )
export const plus = (a: Matrix, b: Matrix): Matrix =>
  a.map((row, i) => row.map((value, j) => value + Number(b[i]?.[j])))
export const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) =>
    (b[0] ?? []).map((_, j) => row.reduce((sum, value, k) => sum + value * Number(b[k]?.[j]), 0)),
  )
export const each = (a: Matrix, b: Matrix): Matrix =>
  a.map((row, i) => row.map((value, j) => value * Number(b[i]?.[j])))
export const map = (a: Matrix, f: (value: number) => number): Matrix => a.map((row) => row.map(f))
export const turned = (a: Matrix): Matrix => (a[0] ?? []).map((_, j) => a.map((row) => Number(row[j])))
export const mean = (all: readonly Matrix[]): Matrix => map(all.reduce(plus), (value) => value / all.length)
export const total = (a: Matrix): number => a.flat().reduce((sum, value) => sum + value, 0)
export const rowsNormalised = (a: Matrix): Matrix =>
  a.map((row) => row.map((value) => value / row.reduce((sum, one) => sum + one, 0)))

/** A and g of one image: of each block, one matrix a head. */
export interface Attended {
  readonly A: readonly (readonly Matrix[])[]
  readonly g: readonly (readonly Matrix[])[]
}

/** The first image of `[n, heads, t, t]` as one matrix a head. */
function matrices({ data, shape }: FloatTensor): Matrix[] {
  const [, heads = 0, rows = 0, columns = 0] = shape
  return Array.from({ length: heads }, (_, head) =>
    Array.from({ length: rows }, (__, row) => {
      const start = (head * rows + row) * columns
      return [...data.subarray(start, start + columns)]
    }),
  )
}

/** Attention and its gradient by class `target`, on a multiple of the network's first seeded image. */
export async function attended(
  { model, weights }: TinyNetwork,
  target: number,
  alpha = 1,
): Promise<Attended> {
  const signals = backward({ from: model.logits, start: directionInput(model) })
  const probabilities = model.attentions.map((one) => one.probabilities)
  const outputs = Object.fromEntries(
    probabilities.flatMap((A, block): [string, Value][] => [
      [`A${block}`, A],
      [`g${block}`, signals.at(A)],
    ]),
  )
  const image = seededImages(model, 1)
  const scaled = { ...image, data: image.data.map((value) => alpha * value) }
  const results = await runOnce(outputs, weights, { image: scaled, direction: oneHot(model, [target]) })
  const of = (name: string) =>
    probabilities.map((_, block) => matrices(results[`${name}${block}`] as FloatTensor))
  return { A: of('A'), g: of('g') }
}
