import type { Attention, UnrecognisedAttention } from './attention/attention.ts'
import type { Graph } from './graph/value.ts'
import type { Operators } from './graph/operators.ts'
import type { Node, Value } from './graph/value.ts'
import type { FeatureMaps } from './layout/feature-maps.ts'
import type { Rectifiers } from './rectifiers.ts'
import type { Weights } from './tensor.ts'

/** One layer of the imported model. */
export interface Layer {
  readonly name: string
  /** The source format's name of the layer (Conv2D, BatchNormalization), or the operator's. */
  readonly kind: string
  /** What the layer returns. */
  readonly output: Value
  /** The output as feature maps `[n, c, h, w]`, in whatever order the network keeps its axes; absent where it is no image. */
  readonly maps?: FeatureMaps
  /** The layer's own bias (a convolution's, a dense layer's), if it has one. */
  readonly bias?: Value
  /** The layer's parameters, for randomisation. */
  readonly parameters: readonly Operators['Parameter'][]
  readonly nodes: readonly Node[]
}

/** A run of layers between two points that every path passes: a residual block, or one plain layer. */
export interface Block {
  readonly name: string
  readonly layers: readonly Layer[]
}

/** What the model's head does to the logits. */
export type Head = 'softmax' | 'sigmoid' | 'none'

/** Grad-CAM's usual target layer. */
export interface TargetLayer {
  /** Absent where no layer with a height and a width is read by the logits. */
  readonly layer?: Layer
  /** Why it is this one, or why there is none: a sentence without its subject, for instance 'the last feature maps in front of …'. */
  readonly reason: string
}

/** The model's tokens: places of the image, and others beside them, as vectors on one axis. */
export interface Tokens {
  /** Rows and columns of places, as the patch convolution (or the last merging of patches) leaves them. */
  readonly grid: { readonly height: number; readonly width: number }
  /** Tokens in front of the places: class token, distillation token, registers. */
  readonly prefix: number
  /** All tokens of an image. */
  readonly count: number
  /** Which axis of the layers below counts them. */
  readonly axis: number
  /** Those that the logits read behind the last of these layers, in order: the class token, or all that a pool averages. */
  readonly read: readonly number[]
  /** The layers that return them, `[n, prefix + height · width, d]` in the network's order of axes. */
  readonly layers: readonly Layer[]
  /** One number a token, `[n, 1, count]`, as a map of the grid `[n, 1, h, w]`. */
  map(row: Value): Value
}

/** A classifier as a graph, with what methods ask of it. */
export interface Model {
  readonly name: string
  readonly graph: Graph
  /** `[n, c, h, w]`, already preprocessed. */
  readonly image: Value
  /** One number a class, `[n, k]`, before softmax or sigmoid; a single logit z with a sigmoid counts as two classes, [−z, z]. */
  readonly logits: Value
  /** Where explanations start: the logits, or the single logit `[n, 1]` that both classes share. */
  readonly explained: Value
  readonly head: Head
  /** What the source returns: the logits, or what its final softmax or sigmoid makes of them. */
  readonly scores: Value
  /** The operators that let the positive half of their input through and hold back the negative half. */
  readonly rectifiers: Rectifiers
  /**
   * Why a rule for rectifiers says nothing of this model, as the end of a sentence. Absent where there is a rectifier, and in a
   * linear network, where each such rule rightly gives the gradient.
   */
  readonly noRectifier?: string
  /** What a black and a white pixel are after preprocessing, per channel; absent where the preprocessing is not known. */
  readonly pixelRange?: { readonly low: readonly number[]; readonly high: readonly number[] }
  /** Layers in execution order. */
  readonly layers: readonly Layer[]
  /** Blocks that hold parameters, in execution order. */
  readonly blocks: readonly Block[]
  /** How a value of the model's graph is read as feature maps, whatever order its axes have; undefined where it is no image. */
  mapsOf(value: Value): FeatureMaps | undefined
  /** The tokens that the model computes with; absent in a network without, and where they form no grid. */
  readonly tokens?: Tokens
  /** The attentions over tokens, in order of depth; none in a network without. */
  readonly attentions: readonly Attention[]
  /** Products of two signals in which no attention over tokens was recognised, by layer; what needs it cannot explain them. */
  readonly unrecognisedAttentions: readonly UnrecognisedAttention[]
  /**
   * Grad-CAM's usual target layer: the last activation with rows and columns that everything the logits read has passed, or
   * what the last attention reads where places behind it say nothing.
   */
  readonly target: TargetLayer
  /** The first layer with a kernel that reads the image. */
  readonly firstLinear: Layer
  /**
   * A layer by its name; the path of a module (`layer4.1`) stands for the layer whose output is the module's.
   * @throws UNKNOWN_LAYER with the nearest names.
   */
  layer(name: string): Layer
}

/** True where the model has one output, whether two classes share it or it is no classifier's. */
export function isOneLogit({ explained }: Pick<Model, 'explained'>): boolean {
  return explained.shape[1] === 1
}

/** A model and the weights it was trained to. */
export interface LoadedModel {
  readonly model: Model
  readonly weights: Weights
}
