import type { Method } from '@saliency/core'

/** What a conformance suite may need to know of a method. */
export interface MethodSettings {
  /** Other methods, for the parts of compositions and the maps that sampling methods wrap. */
  readonly methods?: readonly Method[]
  /** The tiny networks to try; default all. */
  readonly networks?: readonly string[]
  /** Networks that the method refuses, with the code of its error: a class activation map on a net without feature maps. */
  readonly refuses?: Readonly<Record<string, string>>
  /** The networks on which `conserves` is checked; default `networks`. All are without biases. */
  readonly conservingNetworks?: readonly string[]
  /** How far a batch may differ from its images alone, relative to the map's largest magnitude; default 1e-5, or 1e-3 of variants whose trait `dividesTotals` says so. */
  readonly tolerance?: number
}
