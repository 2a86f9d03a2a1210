import type { Pattern } from '../graft/pattern.ts'

/** How a randomised parameter is drawn. */
export type RandomInitializer = 'layer' | `normal(${number})` | 'permute'

/** What happens to batch norm's running statistics when a layer is randomised. */
export type BatchNormPolicy = 'keep' | 'reset' | 'recalibrate'

/** A weight state as plain data: equal states are opened once. */
export type WeightState =
  | { readonly kind: 'original' }
  | {
      readonly kind: 'randomized'
      /** Names of the layers whose parameters are drawn anew. */
      readonly layers: readonly string[]
      readonly draw: number
      readonly initializer: RandomInitializer
      readonly batchNorm: BatchNormPolicy
    }
  /** The same architecture trained on permuted labels, given by the user or the zoo. */
  | { readonly kind: 'twin' }
  /** The original with the logits' sign, or scale, changed; for properties of checks. */
  | { readonly kind: 'scaled'; readonly factor: number }
  /** The first layer takes back a constant added to every pixel, so that predictions stay; for input invariance. */
  | { readonly kind: 'shifted'; readonly amount: number }
  /** A term that only a pattern in the image gives is added to one logit, so that its evidence is known. */
  | {
      readonly kind: 'grafted'
      readonly pattern: Pattern
      /** The class whose logit gets the term. */
      readonly target: number
      /** How large the term is: a share of what stands between the largest logit and their mean, on average over images. */
      readonly share: number
    }

/** The weights as trained. */
export const originalWeights: WeightState = { kind: 'original' }
