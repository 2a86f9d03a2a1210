import type { KerasCall, TensorReference } from './argument.ts'
import type { ConfigReader } from './config-reader.ts'
import type { Identity } from './identity.ts'

/** A layer object: called once, or several times with shared weights. */
export interface KerasLayer {
  readonly name: string
  readonly className: string
  /** Whose class it is. */
  readonly identity: Identity
  /** Names of the models around it and its own. */
  readonly path: readonly string[]
  readonly config: ConfigReader
  readonly calls: readonly KerasCall[]
  /** For a nested model, what is inside. */
  readonly model?: KerasTopology
}

/** A functional or sequential model, whatever dialect of Keras it was written in. */
export interface KerasTopology {
  readonly name: string
  readonly layers: readonly KerasLayer[]
  readonly inputs: readonly TensorReference[]
  readonly outputs: readonly TensorReference[]
}

/** A weight as stored: the source's own order of axes. */
export interface StoredWeight {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Finds a layer's weight by its names in Keras (`kernel`, `moving_mean`) or its place in the layer's list of weights. */
export type WeightLookup = (
  layer: KerasLayer,
  names: readonly string[],
  index: number,
) => StoredWeight | undefined

/** Whose reading of a configuration counts: a few layers mean different things in each. */
export type Dialect = 'tfjs' | 'keras-2' | 'keras-3'
