import { formatShape, SaliencyError, type Node, type Tensor, type Weights } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { LaidOut } from './laid-out.ts'

const fail = (message: string): never => {
  throw new SaliencyError('ENGINE', message)
}

type Feeds = Readonly<Record<string, Tensor>>

const sizeOf = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1)

/** Checks every input's array against its leaf, and finds the batch's size, which all must share. */
export function batchOf(inputs: readonly Node<'Input'>[], feeds: Feeds): number {
  let batch: number | undefined
  for (const { attributes } of inputs) {
    const { name, shape } = attributes
    const feed = feeds[name] ?? fail(`The input '${name}' ${formatShape(shape)} is not fed.`)
    if (feed.dtype !== 'float32') fail(`The input '${name}' is fed ${feed.dtype}; it takes float32.`)
    const wrong = (): never =>
      fail(`The input '${name}' is fed ${formatShape(feed.shape)}; it takes ${formatShape(shape)}.`)
    if (feed.shape.length !== shape.length || feed.data.length !== sizeOf(feed.shape)) wrong()
    for (const [axis, dim] of shape.entries()) {
      const size = feed.shape[axis] as number
      if (typeof dim === 'number') {
        if (dim !== size) wrong()
        continue
      }
      const share = size / (dim === 'n' ? 1 : Number.parseInt(dim, 10))
      if (!Number.isInteger(share) || share < 1) wrong()
      if (batch !== undefined && batch !== share)
        fail(`The inputs have batches of ${batch} and ${share} ('${name}').`)
      batch = share
    }
  }
  return batch ?? 1
}

/** Uploads one array. */
export function hold({ data, shape }: Tensor): LaidOut {
  return new LaidOut(tf.tensor(data as Float32Array, [...shape], 'float32'), 'given', shape)
}

/** The value of a parameter in a weight state. */
export function parameterOf({ attributes }: Node<'Parameter'>, weights: Weights): Tensor {
  const { name, shape } = attributes
  const weight =
    weights.get(name) ?? fail(`The parameter '${name}' ${formatShape(shape)} has no value in these weights.`)
  if (formatShape(weight.shape) !== formatShape(shape) || weight.data.length !== sizeOf(shape)) {
    fail(
      `The parameter '${name}' has shape ${formatShape(weight.shape)}; the graph takes ${formatShape(shape)}.`,
    )
  }
  return weight
}

/** Downloads one result as the graph's type; the array is the caller's. */
export async function download(
  x: tf.Tensor,
  dtype: Tensor['dtype'],
  shape: readonly number[],
): Promise<Tensor> {
  const data = await x.data()
  if (dtype === 'float32') return { dtype, shape, data: new Float32Array(data) }
  if (dtype === 'bool') return { dtype, shape, data: new Uint8Array(data) }
  return { dtype, shape, data: BigInt64Array.from(Array.from(data, BigInt)) }
}
