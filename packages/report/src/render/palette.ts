import { interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic'

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number]

function parse(text: string): Colour {
  const hex = /^#(..)(..)(..)$/.exec(text)
  if (hex) return [1, 2, 3].map((i) => Number.parseInt(hex[i] as string, 16)) as unknown as Colour
  const parts = text.match(/\d+/g) ?? []
  return parts.slice(0, 3).map(Number) as unknown as Colour
}

function table(colour: (t: number) => string): readonly Colour[] {
  return Array.from({ length: 256 }, (_, i) => parse(colour(i / 255)))
}

/** Blue below zero, white at zero, red above: ColorBrewer's RdBu, told apart by colour-blind readers. */
export const diverging: readonly Colour[] = table((t) => interpolateRdBu(1 - t))
/** Dark blue to yellow, of steadily growing lightness: viridis, safe for colour-blind readers and in grey print. */
export const sequential: readonly Colour[] = table(interpolateViridis)

/** The colour of a value in [−1, 1] (diverging) or [0, 1] (sequential). */
export function colourOf(value: number, signed: boolean): Colour {
  const position = signed ? (value + 1) / 2 : value
  const index = Math.round(255 * Math.min(1, Math.max(0, position)))
  return (signed ? diverging : sequential)[index] as Colour
}
