import type { Attention, Layer, Model, OpName, Shape, UnrecognisedAttention } from '@saliency/core'
import type { Preprocess } from '@saliency/model-formats'
import type { SelfCheck } from '@saliency/study'

/** What a model is, whatever is installed. */
export interface ModelDescription {
  readonly name: string
  readonly path: string
  readonly input: Shape
  readonly output: Shape
  readonly head: Model['head']
  readonly classes: readonly string[] | null
  readonly preprocess: Preprocess
  readonly parameters: number
  /** How many layers there are of each kind of norm. */
  readonly norms: Readonly<Record<string, number>>
  readonly tokens:
    | (Pick<NonNullable<Model['tokens']>, 'grid' | 'prefix'> & { readonly layers: readonly string[] })
    | null
  readonly attentions: readonly (Pick<Attention, 'layer' | 'mixesHeads' | 'windows'> & {
    readonly shape: Shape
  })[]
  readonly unrecognisedAttentions: readonly UnrecognisedAttention[]
  /** Bytes of everything that a forward pass computes for one image. */
  readonly forwardBytes: number
  readonly defaultTargetLayer: string | null
  readonly defaultTargetReason: string
  /** Layers that can be chosen; `maps` is the shape of their feature maps. */
  readonly targetLayers: readonly { readonly name: string; readonly shape: Shape; readonly maps: Shape }[]
  readonly randomWeights: string
  readonly blocks: readonly { readonly name: string; readonly layers: readonly string[] }[]
  readonly layers: readonly (Pick<Layer, 'name' | 'kind'> & {
    readonly shape: Shape
    readonly operators: readonly OpName[]
  })[]
}

/** A model and what the installed methods make of it: what `saliency inspect --json` prints. */
export interface InspectedModel extends ModelDescription {
  readonly format: 1
  /** Variants without a map of this model. */
  readonly untreated: readonly { readonly variant: string; readonly reason: string }[]
  /** Methods that 'all' leaves out here. */
  readonly leftOut: readonly string[]
  /** How many variants have a map. */
  readonly variants: number
  readonly selfChecks?: readonly SelfCheck[]
}
