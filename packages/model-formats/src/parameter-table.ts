import { tensor, type FloatTensor, type Initializer, type ParameterRole, type Value } from '@saliency/core'
import { floatsOf, numbersIn, type ConstantTensor } from './constant/constant-tensor.ts'
import { uniqueName, type ImportSession } from './import-session.ts'

/** What a parameter is, beyond its data. */
export interface ParameterRequest {
  readonly role: ParameterRole
  /** The parameter's name behind the layer's; default the role. */
  readonly name?: string
  readonly initializer?: Initializer
  /** Brings the data to the graph's order of axes; default: as it is. */
  readonly arrange?: (stored: FloatTensor) => FloatTensor
  /** Tells arrangements of one weight apart where two nodes use it differently. */
  readonly arrangement?: string
}

/** Turns constant tensors into leaves of the graph; a weight that several nodes use is one parameter. */
export interface ParameterTable {
  /** A constant tensor as a parameter of a layer. */
  declare(layer: string, known: ConstantTensor, request: ParameterRequest): Value
  /** A parameter from data worked out while importing. */
  declareNew(layer: string, data: FloatTensor, request: ParameterRequest): Value
  /** A constant tensor as an operand: a constant, or a parameter where it was trained. */
  operand(layer: string, known: ConstantTensor): Value
}

interface Declared {
  readonly key: string
  readonly value: Value
}

/** More numbers than this are data rather than part of a function. */
const largestConstant = 4096

/** Many numbers of which no three differ: a mask, or what fills a place. Training would have moved them apart. */
function isMask({ data }: ConstantTensor): boolean {
  return data.length > 2 && new Set(Array.from(data)).size <= 2
}

/** Starts an empty table. */
export function createParameterTable({ graph, weights }: ImportSession): ParameterTable {
  const declared = new Map<ConstantTensor, Declared[]>()
  let isBehindKernel = false

  function declareNew(
    layer: string,
    data: FloatTensor,
    { role, name = role, initializer }: ParameterRequest,
  ): Value {
    const label = uniqueName(`${layer}/${name}`, weights)
    if (role === 'kernel') isBehindKernel = true
    weights.set(label, data)
    return graph.layer(layer).parameter(label, data.shape, role, initializer)
  }

  function declare(layer: string, known: ConstantTensor, request: ParameterRequest): Value {
    const key = `${request.role} ${request.arrangement ?? ''}`
    const same = declared.get(known) ?? []
    const old = same.find((item) => item.key === key)
    if (old) return old.value
    const stored = tensor(floatsOf(known), known.shape)
    const value = declareNew(layer, request.arrange?.(stored) ?? stored, request)
    declared.set(known, [...same, { key, value }])
    return value
  }

  return {
    declare,
    declareNew,
    operand(layer, known) {
      // Single numbers and what stands before the first kernel (mean, deviation) are part of the function, not weights.
      const isParameter = known.type === 'float' && known.data.length > 1 && known.isTrained && isBehindKernel
      if (isParameter || known.data.length > largestConstant) {
        const role = isParameter && !isMask(known) ? 'other' : 'fixed'
        return declare(layer, known, { role, name: 'constant' })
      }
      const dtype = known.type === 'boolean' ? 'bool' : 'float32'
      return graph.layer(layer).constant(Array.from(numbersIn(known.data)), known.shape, dtype)
    },
  }
}
