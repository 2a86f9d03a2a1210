import type {
  ActivationScales,
  Convergence,
  Engine,
  FloatTensor,
  RandomRelevance,
  Weights,
} from '@saliency/core'

/** One set of images to explain. */
export interface MapRequest {
  /** `[n, c, h, w]` */
  readonly images: FloatTensor
  /** What to explain of each image: a one-hot class or another direction in logit space, `[n, k]`. */
  readonly directions: FloatTensor
  /** Names each image in random streams. */
  readonly ids: readonly string[]
  /** Names, in random streams, what was done to weights and images; absent where nothing was. */
  readonly state?: string
  /** Asks for the convergence of random starts instead of maps. */
  readonly relevance?: RandomRelevance
}

/** What one request gives. */
export interface MapResult {
  /** `[n, c, h, w]` by variant id. */
  readonly maps: ReadonlyMap<string, FloatTensor>
  /** `[n, k]` */
  readonly logits: FloatTensor
  /** Not for full maps and random starts. */
  readonly activations?: ActivationScales
  /** By variant id, where random starts were asked for. */
  readonly convergence?: ReadonlyMap<string, Convergence>
  /** Sampling variants whose own code threw, and what; they have no map. Only where {@link OpenMapsSettings.isTolerant}. */
  readonly failed?: ReadonlyMap<string, string>
}

/** How graphs are opened. */
export interface OpenMapsSettings {
  readonly engine: Engine
  readonly weights: Weights
  /** Images in a batch; the last one is padded, since another size changes maps by rounding. */
  readonly batchSize: number
  /** Changed images that a sampling method evaluates at once; default `batchSize`. */
  readonly samplesPerBatch?: number
  readonly seed: number
  /** Opens each of several graphs when it is needed and closes it: for what does not fit into memory together. */
  readonly isLean?: boolean
  /** Goes on without a sampling method whose code throws, and says so in the result. */
  readonly isTolerant?: boolean
}
