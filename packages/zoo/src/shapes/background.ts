import type { Random } from '@saliency/core'
import { CANVAS_SIZE } from './canvas.ts'
import { contrastingColour, mixColours, randomColour, type Colour } from './colour.ts'

/** A textured background: its two base colours and the colour of each point. */
export interface Background {
  readonly kind: BackgroundKind
  readonly colours: readonly [Colour, Colour]
  paint(x: number, y: number): Colour
}

/** Names of the textures, equally likely. */
export const BACKGROUND_KINDS = ['clouds', 'stripes', 'checks', 'gradient', 'grain', 'dots'] as const

/** Name of one background texture. */
export type BackgroundKind = (typeof BACKGROUND_KINDS)[number]

/** A field of mixing shares in [0, 1] over the plane, in pixels. */
type Field = (x: number, y: number) => number

/** Draws a texture whose two colours are similar enough that an object can differ from both. */
export function randomBackground(random: Random): Background {
  const kind = BACKGROUND_KINDS[random.integer(0, BACKGROUND_KINDS.length - 1)] as BackgroundKind
  const first = randomColour(random)
  const second = mixColours(first, contrastingColour(random, [first], 0.3), 0.45)
  const field = FIELDS[kind](random)
  const grain = noiseField(random, CANVAS_SIZE)
  const paint = (x: number, y: number) => {
    const base = mixColours(first, second, field(x, y))
    const shade = 0.1 * (grain(x, y) - 0.5)
    return [base[0] + shade, base[1] + shade, base[2] + shade] as const
  }
  return { kind, colours: [first, second], paint }
}

const FIELDS: Readonly<Record<BackgroundKind, (random: Random) => Field>> = {
  clouds: (random) => {
    const [coarse, fine] = [noiseField(random, 4), noiseField(random, 11)]
    return (x, y) => 0.65 * coarse(x, y) + 0.35 * fine(x, y)
  },
  stripes: (random) => {
    const wave = planeWave(random, 5, 14)
    return (x, y) => 0.5 + 0.5 * Math.sin(wave(x, y))
  },
  checks: (random) => {
    const wave = planeWave(random, 8, 18)
    return (x, y) => (Math.sin(wave(x, y)) * Math.sin(wave(y, -x)) > 0 ? 1 : 0)
  },
  gradient: (random) => {
    const wave = planeWave(random, 180, 260)
    return (x, y) => 0.5 + 0.5 * Math.sin(wave(x, y))
  },
  grain: (random) => noiseField(random, 32),
  dots: (random) => {
    const wave = planeWave(random, 6, 11)
    return (x, y) => (Math.sin(wave(x, y)) + Math.sin(wave(y, -x)) > 1.1 ? 1 : 0)
  },
}

/** Phase of a plane wave with a random direction, offset and wavelength in `[shortest, longest]` pixels. */
function planeWave(random: Random, shortest: number, longest: number): Field {
  const wavelength = shortest + random.uniform() * (longest - shortest)
  const angle = random.uniform() * 2 * Math.PI
  const offset = random.uniform() * 2 * Math.PI
  const frequency = (2 * Math.PI) / wavelength
  return (x, y) => frequency * (x * Math.cos(angle) + y * Math.sin(angle)) + offset
}

/** Value noise: uniform values on a `cells` × `cells` lattice over the canvas, interpolated smoothly. */
function noiseField(random: Random, cells: number): Field {
  const width = cells + 1
  const lattice = Float32Array.from({ length: width * width }, () => random.uniform())
  const smooth = (t: number) => t * t * (3 - 2 * t)
  return (x, y) => {
    const u = (x / CANVAS_SIZE) * cells
    const v = (y / CANVAS_SIZE) * cells
    const column = Math.min(cells - 1, Math.floor(u))
    const row = Math.min(cells - 1, Math.floor(v))
    const right = smooth(u - column)
    const at = row * width + column
    const above = lattice[at]! + right * (lattice[at + 1]! - lattice[at]!)
    const below = lattice[at + width]! + right * (lattice[at + width + 1]! - lattice[at + width]!)
    return above + smooth(v - row) * (below - above)
  }
}
