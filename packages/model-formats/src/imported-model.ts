import type { FloatTensor, LoadedModel, Shape, Value } from '@saliency/core'
import type { Preprocess } from './preprocess.ts'

/** The file formats that can be imported. */
export type ModelFormat = 'onnx' | 'tfjs-layers' | 'tfjs-graph' | 'keras-h5' | 'keras-v3'

/** One output of the source model. */
export interface SourceOutput {
  readonly name: string
  /** In the graph's order of axes: `[n, c, h, w]` for images. */
  readonly shape: Shape
}

/** How the source model wants its image, for feeding the source's own runtime. */
export interface SourceInput {
  readonly name: string
  readonly channels: number
  readonly height: number
  readonly width: number
  readonly layout: 'channels-first' | 'channels-last'
  /** The file takes whole numbers from 0 to 255 alone. */
  readonly holds?: 'bytes'
  /** The file leaves height or width open, so that another size may be chosen. */
  readonly takesAnySize?: true
}

/** A model as imported from a file. */
export interface ImportedModel extends LoadedModel {
  readonly format: ModelFormat
  readonly input: SourceInput
  /** Every output the source declares. */
  readonly outputs: readonly SourceOutput[]
  /** The output that was taken for the class scores. */
  readonly output: string
  /** What that output computes, a final softmax or sigmoid included; {@link LoadedModel} holds the logits in front of it. */
  readonly scores: Value
  readonly preprocess?: Preprocess
  readonly classes?: readonly string[]
}

/** Choices that a model file may leave open. */
export interface ModelChoices {
  /** The model's name in results; default: what the file says. */
  readonly name?: string
  /** Which output holds the class scores, where there are several. */
  readonly output?: string
  /** `[height, width]` of the image, where the model takes any. */
  readonly imageSize?: readonly [height: number, width: number]
  /** How many channels an image has, where the file does not say. */
  readonly imageChannels?: number
  /**
   * `[h, w]` of any size, not 0 on the region whose classes are to be explained: for an output `[n, classes, h, w]`, as a
   * segmentation model's is. The score of a class is the sum of its logits over the region.
   */
  readonly targetRegion?: FloatTensor
  /** How the model wants its images, instead of what lies beside it. */
  readonly preprocess?: Preprocess
  /**
   * Takes what is most usual where the file leaves something open and nothing else says: images of 224×224 in three
   * channels, and the first of several outputs that can be class scores. Whoever sets this must say so to the user.
   * Default `false`: such a file is refused.
   */
  readonly assumes?: boolean
}
