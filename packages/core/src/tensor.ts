/** Element types that cross the engine boundary. */
export type DType = 'float32' | 'int64' | 'bool'

/** A dense array in row-major order; images and feature maps are `[n, c, h, w]`. */
export interface Tensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: Float32Array | BigInt64Array | Uint8Array
}

/** A tensor of 32-bit floats. */
export interface FloatTensor extends Tensor {
  readonly dtype: 'float32'
  readonly data: Float32Array
}

/** The values of a model's parameters by name: one weight state. */
export type Weights = ReadonlyMap<string, FloatTensor>

/**
 * Wraps `data` (not copied, row-major) as a float tensor of any shape: `[n, c, h, w]` for images, `[n, k]` for logits, `[]`
 * for one number.
 * @throws Error (an internal one) when the product of `shape` is not the number of values.
 */
export function tensor(data: Float32Array, shape: readonly number[]): FloatTensor {
  const size = shape.reduce((product, dim) => product * dim, 1)
  if (size !== data.length) {
    throw new Error(`internal: ${data.length} values do not fill the shape [${shape.join(', ')}]`)
  }
  return { dtype: 'float32', shape, data }
}
