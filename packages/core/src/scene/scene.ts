/** A thing in a scene that can be left out when the scene is drawn again. */
export interface ScenePart {
  readonly name: string
  /** The class of an object; absent for things that belong to no class. */
  readonly label?: number
  /** The pixels that it touches, by their places in `[h, w]`. */
  readonly pixels: Uint32Array
  /** The share of each of them that it covers, in (0, 1]. */
  readonly coverage: Float32Array
  /** Its colour there, `[c, pixels]`, preprocessed. */
  readonly colours: Float32Array
}

/** A scene as data: what lies behind everything, and its parts in the order in which they are drawn. */
export interface DrawnScene {
  /** `[c, h, w]`, preprocessed. */
  readonly behind: Float32Array
  readonly parts: readonly ScenePart[]
  /** Black and white, one number a channel, preprocessed: no pixel lies outside. */
  readonly range: { readonly low: readonly number[]; readonly high: readonly number[] }
}

/**
 * Draws a scene again without some of its parts: whatever they covered is seen, so that the picture is one of its kind.
 * @param without places of parts in the scene
 * @returns `[c, h, w]`, preprocessed
 */
export function redrawn({ behind, parts, range }: DrawnScene, without: ReadonlySet<number>): Float32Array {
  const result = behind.slice()
  const channels = range.low.length
  const size = behind.length / channels
  for (const [place, { pixels, coverage, colours }] of parts.entries()) {
    if (without.has(place)) continue
    for (let channel = 0; channel < channels; channel++) {
      for (const [at, pixel] of pixels.entries()) {
        const old = result[channel * size + pixel]!
        const colour = colours[channel * pixels.length + at]!
        result[channel * size + pixel] = old + coverage[at]! * (colour - old)
      }
    }
  }
  for (let channel = 0; channel < channels; channel++) {
    const [low, high] = [range.low[channel]!, range.high[channel]!]
    for (let at = channel * size; at < (channel + 1) * size; at++)
      result[at] = Math.min(high, Math.max(low, result[at]!))
  }
  return result
}

/** The part that is seen at each pixel, by its place: the last one that covers at least half of it; −1 where there is none. */
export function partsSeen({ behind, parts, range }: DrawnScene): Int16Array {
  const seen = new Int16Array(behind.length / range.low.length).fill(-1)
  for (const [place, { pixels, coverage }] of parts.entries())
    for (const [at, pixel] of pixels.entries()) if (coverage[at]! >= 0.5) seen[pixel] = place
  return seen
}
