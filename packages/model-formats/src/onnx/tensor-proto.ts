import { counted, float16ToNumber } from '@saliency/core'
import { dataTypes, type TensorProto } from '@saliency/onnx-proto'
import { constantFloats, type ConstantTensor } from '../constant/constant-tensor.ts'
import { invalid, unsupported } from '../problems.ts'
import { decodeNumbers, decodeValues, widthOf, type SourceType } from '../weights/decode-values.ts'
import { checkedSize } from '../weights/limits.ts'

const typeNames: ReadonlyMap<number, SourceType> = new Map(
  Object.entries(dataTypes)
    .filter(([name]) => name !== 'string')
    .map(([name, number]) => [number, name as SourceType]),
)
const floatTypes = new Set<SourceType>(['float32', 'float64', 'float16', 'bfloat16'])

/** Element types of which no engine here has an arithmetic, by their number. */
const otherTypes: ReadonlyMap<number, string> = new Map([
  [14, 'complex64'],
  [15, 'complex128'],
  [17, 'float8e4m3fn'],
  [18, 'float8e4m3fnuz'],
  [19, 'float8e5m2'],
  [20, 'float8e5m2fnuz'],
  [21, 'uint4'],
  [22, 'int4'],
  [23, 'float4e2m1'],
  [24, 'float8e8m0'],
  [25, 'uint2'],
  [26, 'int2'],
])

/** The bytes of a tensor that lies in another file, if it does. */
export type ExternalData = (tensor: TensorProto) => Uint8Array | undefined

/** Values stored in one of the typed fields instead of as bytes. */
function typedField(tensor: TensorProto, type: SourceType): ArrayLike<number> {
  const { floatData, int32Data, int64Data, doubleData, uint64Data } = tensor
  if (floatData) return floatData
  if (doubleData) return doubleData
  if (int32Data) return type === 'float16' ? int32Data.map(float16ToNumber) : int32Data
  return Array.from(int64Data ?? uint64Data ?? [], Number)
}

/**
 * Decodes a tensor of an ONNX file.
 * @throws INVALID_MODEL when its size is huge, or does not agree with its data; UNSUPPORTED_MODEL for an element type that is
 * not read.
 */
export function decodeTensor(tensor: TensorProto, external: ExternalData): ConstantTensor {
  const label = `The tensor '${tensor.name ?? ''}'`
  const shape = tensor.dims ?? []
  const size = checkedSize(shape, label)
  const type = typeNames.get(tensor.dataType ?? 0)
  const other = otherTypes.get(tensor.dataType ?? 0)
  if (other !== undefined)
    throw unsupported(
      `it reads ${other} values, which are not supported; explain the network in float32 that it was made from`,
    )
  if (!type)
    throw invalid(`${label} has the element type ${tensor.dataType ?? 'none'}, which holds no numbers.`)
  const bytes = external(tensor) ?? tensor.rawData
  const count = bytes ? bytes.length / widthOf(type) : typedField(tensor, type).length
  if (count !== size) {
    throw invalid(
      `${label} declares [${shape.join(', ')}], ${counted(size, 'value')}, but the file holds ${count}.`,
    )
  }
  if (floatTypes.has(type)) {
    const data = bytes ? decodeValues(bytes, type) : Float32Array.from(typedField(tensor, type))
    return constantFloats(data, shape, true)
  }
  const data = bytes ? decodeNumbers(bytes, type) : Array.from(typedField(tensor, type))
  return { type: type === 'bool' ? 'boolean' : 'integer', shape, data, isTrained: false, stored: type }
}
