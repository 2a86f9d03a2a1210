import type { Ops } from '@saliency/core'
import type { SourceValue } from '../../source-value.ts'
import type { JsonObject } from '../config-reader.ts'
import type { LayerImporter } from '../layer-call.ts'
import type { Arguments } from './arguments.ts'

/** One call of an operation of keras.ops, or of a function of TensorFlow, during import. */
export interface OperationCall {
  readonly arguments: Arguments
  /** Verbatim builders that tag nodes with this call's layer. */
  readonly ops: Ops
  /** The result of a layer that does the same, on every tensor among the arguments, with settings in the layer's words. */
  as(importer: LayerImporter, settings: JsonObject): SourceValue
}

/** An operation: its parameters in order, and how a call of it is built. */
export interface Operation {
  readonly parameters: readonly string[]
  /** Throws UNSUPPORTED_MODEL for arguments that it cannot honour. */
  build(call: OperationCall): SourceValue | readonly SourceValue[]
}
