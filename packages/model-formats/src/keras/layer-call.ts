import type { FloatTensor, Ops, ParameterRole, Value } from '@saliency/core'
import type { SourceValue } from '../source-value.ts'
import type { ConfigReader } from './config-reader.ts'
import type { ResolvedCall } from './resolved.ts'
import type { Dialect, LayerPart } from './topology.ts'

/** What a layer wants of one of its weights. */
export interface WeightRequest {
  /** Keras' name: `kernel`, `moving_mean`. */
  readonly weight: string
  /** What other versions of Keras call it. */
  readonly otherNames?: readonly string[]
  readonly role: ParameterRole
  /** The shape in the source's order of axes, which the file must agree with. */
  readonly shape: readonly number[]
  /** Brings the data to the graph's order of axes; default: as it is. */
  readonly arrange?: (stored: FloatTensor) => FloatTensor
  /** The setting that says how the weight is drawn when training starts, `kernel_initializer`. */
  readonly initializer?: string
  /** Where the weight belongs to a layer inside the layer. */
  readonly part?: LayerPart
}

/** One call of a layer during import. */
export interface LayerCall {
  /** Unique in the model: `conv1`, `backbone/conv1`, `relu:2` for the second call of a shared layer. */
  readonly name: string
  readonly dialect: Dialect
  readonly config: ConfigReader
  readonly inputs: readonly SourceValue[]
  /** The only input. */
  readonly input: SourceValue
  /** Of an attention: whether a token sees only those in front of it. */
  readonly isCausal?: boolean
  /** True where the layer object is called several times. */
  readonly isShared: boolean
  /** Verbatim builders that tag nodes with this layer. */
  readonly ops: Ops
  /** Declares a weight; a layer that is called several times has it once. */
  parameter(request: WeightRequest): Value
  /** A weight's data, for layers that compute with it while importing; `index` is its place among the layer's weights. */
  data(weight: string, index: number, shape: readonly number[]): FloatTensor
  /** Importers of one's own layers and activations, as they were handed to the import. */
  readonly ownLayers: Readonly<Record<string, LayerImporter>>
  /** Builders of a second layer behind this one, `conv1/relu`, for an activation written as a setting. */
  following(suffix: string, kind: string): Ops
}

/** Builds one call of one kind of layer. Throws UNSUPPORTED_MODEL for settings it cannot honour. */
export type LayerImporter = (call: LayerCall) => SourceValue

/** What an importer gets besides the arguments of the call. */
export interface CallSite {
  readonly name: string
  readonly config: ConfigReader
  /** Verbatim builders that tag nodes with this layer. */
  readonly ops: Ops
  /** The call as layers see it; `settings` default to the layer's own. */
  layerCall(inputs: readonly SourceValue[], settings?: ConfigReader): LayerCall
}

/** Imports one call: its outputs. */
export type CallImporter = (given: ResolvedCall, site: CallSite) => SourceValue | readonly SourceValue[]
