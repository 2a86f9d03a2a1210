import type { ConfigReader } from './config-reader.ts'

/** One output of one call of a layer. */
export interface TensorReference {
  readonly layer: string
  readonly call: number
  readonly output: number
}

/** A layer object: called once, or several times with shared weights. */
export interface KerasLayer {
  readonly name: string
  readonly className: string
  /** Names of the models around it and its own. */
  readonly path: readonly string[]
  readonly config: ConfigReader
  /** The inputs of each call. */
  readonly calls: readonly (readonly TensorReference[])[]
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
