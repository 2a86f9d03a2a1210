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

/** A layer inside a layer, as an attention has one for its queries. */
export interface LayerPart {
  /** In the names of its weights: `attention/query/kernel`. */
  readonly name: string
  /** What Keras 3, or Keras 2, calls the attribute of the layer that holds it. */
  readonly attributes: readonly string[]
}

/** Finds a layer's weight, or one of its part's, by its names in Keras (`kernel`, `moving_mean`) or its place in the list of weights. */
export type WeightLookup = (
  layer: KerasLayer,
  names: readonly string[],
  index: number,
  part?: LayerPart,
) => StoredWeight | undefined

/** Whose reading of a configuration counts: a few layers mean different things in each. */
export type Dialect = 'tfjs' | 'keras-2' | 'keras-3'
