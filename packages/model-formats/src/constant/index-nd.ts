import { counted } from '@saliency/core'
import type { Dim } from '@saliency/core'
import { invalid } from '../problems.ts'
import { checkedSize } from '../weights/limits.ts'
import { stridesOf } from '../weights/permute.ts'
import { constantLike, numbersIn, type ConstantTensor } from './constant-tensor.ts'

/** Where each index `[…, k]` into the first k axes points: the first item, and how many items it means. */
function places(source: ConstantTensor, indices: ConstantTensor): { starts: number[]; size: number } {
  const depth = indices.shape.at(-1) ?? 0
  const [strides, numbers] = [stridesOf(source.shape), numbersIn(indices.data)]
  const size = source.shape.slice(depth).reduce((product, dim) => product * dim, 1)
  const starts = Array.from({ length: numbers.length / depth }, (_, row) => {
    let start = 0
    for (let axis = 0; axis < depth; axis++) {
      const [index, length] = [numbers[row * depth + axis] as number, source.shape[axis] ?? 0]
      if (index < -length || index >= length)
        throw invalid(`An index into a constant is outside its ${counted(length, 'item')}.`)
      start += (index < 0 ? index + length : index) * (strides[axis] as number)
    }
    return start
  })
  return { starts, size }
}

/** What the indices `[…, k]` point to, without batch axes (ONNX GatherND). */
export function gatherAt(source: ConstantTensor, indices: ConstantTensor): ConstantTensor {
  const { starts, size } = places(source, indices)
  const shape = [...indices.shape.slice(0, -1), ...source.shape.slice(indices.shape.at(-1) ?? 0)]
  checkedSize(shape, 'A computed constant')
  const data = starts.flatMap((start) =>
    Array.from({ length: size }, (_, at) => source.data[start + at] as Dim),
  )
  return constantLike(source, data, shape)
}

/** The tensor with what the indices `[…, k]` point to replaced (ONNX ScatterND without a reduction). */
export function scatterAt(
  source: ConstantTensor,
  indices: ConstantTensor,
  updates: ConstantTensor,
): ConstantTensor {
  const { starts, size } = places(source, indices)
  const data = Array.from(source.data)
  for (const [row, start] of starts.entries()) {
    for (let at = 0; at < size; at++) data[start + at] = updates.data[row * size + at] as Dim
  }
  return { ...constantLike(source, data, source.shape), isTrained: source.isTrained || updates.isTrained }
}
