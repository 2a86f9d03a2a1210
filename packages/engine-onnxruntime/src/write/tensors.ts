import type { DType } from '@saliency/core'
import { dataTypes, type TensorProto } from '@saliency/onnx-proto'

/** ONNX's numbers for the element types that cross the engine boundary. */
export const elementTypes: { readonly [D in DType]: number } = {
  float32: dataTypes.float32,
  int64: dataTypes.int64,
  bool: dataTypes.bool,
}

/** The bytes underneath a typed array; ONNX's raw data are little-endian, as every platform here is. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function arrayOf(dtype: DType, data: readonly number[]): ArrayBufferView {
  if (dtype === 'int64') return BigInt64Array.from(data, (item) => BigInt(item))
  return dtype === 'bool' ? Uint8Array.from(data) : Float32Array.from(data)
}

/** Fixed numbers as an initializer. */
export function constantTensor(
  name: string,
  dtype: DType,
  shape: readonly number[],
  data: readonly number[],
): TensorProto {
  return {
    name,
    dims: [...shape],
    dataType: elementTypes[dtype],
    rawData: bytesOf(arrayOf(dtype, data)),
  }
}
