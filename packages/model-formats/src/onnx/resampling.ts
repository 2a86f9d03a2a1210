import type { ResizeAttributes } from '@saliency/core'

/** How an ONNX file says that height and width are resampled. */
export interface Resampling {
  readonly mode: ResizeAttributes['mode']
  /** `coordinate_transformation_mode`. */
  readonly coordinates: string
  /** `nearest_mode`; `simple` is the only one that there was before operator set 11. */
  readonly rounding: string
}

/** One axis of an image, and the factor that the file gives for it. */
export interface ResampledAxis {
  readonly from: number
  readonly to: number
  /** Undefined where the file gives the new size; it may differ from `to / from` where it does not. */
  readonly factor: number | undefined
}

/** Brings places of the result to places of the input: divides by the factor, in one program's arithmetic. */
type Step = (place: number) => number

/** Runtimes count in floats. */
export const byFactor =
  (factor: number): Step =>
  (place) =>
    Math.fround(place / Math.fround(factor))

/** Where the definition of `coordinates` puts a place of the result; undefined for a definition that is not known. */
export function position(
  coordinates: string,
  target: number,
  { from, to, factor = to / from }: ResampledAxis,
  step: Step,
): number | undefined {
  switch (coordinates) {
    case 'asymmetric':
      return step(target)
    case 'half_pixel':
      return step(target + 0.5) - 0.5
    case 'pytorch_half_pixel':
      return to === 1 ? 0 : step(target + 0.5) - 0.5
    case 'half_pixel_symmetric':
      return (from / 2) * (1 - to / (factor * from)) + step(target + 0.5) - 0.5
    case 'tf_half_pixel_for_nn':
      return step(target + 0.5)
    case 'align_corners':
      return to === 1 ? 0 : (target * (from - 1)) / (to - 1)
    default:
      return undefined
  }
}

function rounded(place: number, rounding: string, factor: number): number | undefined {
  switch (rounding) {
    case 'floor':
      return Math.floor(place)
    case 'ceil':
      return Math.ceil(place)
    case 'round_prefer_floor':
      return Math.ceil(place - 0.5)
    case 'round_prefer_ceil':
      return Math.floor(place + 0.5)
    case 'simple':
      return factor < 1 ? Math.ceil(place) : Math.trunc(place)
    default:
      return undefined
  }
}

/** The place of the input that a place of the result reads: a whole one for nearest, clamped to the image. */
function place(
  { mode, coordinates, rounding }: Resampling,
  target: number,
  axis: ResampledAxis,
  step: Step,
): number | undefined {
  const exact = position(coordinates, target, axis, step)
  if (exact === undefined) return undefined
  const read = mode === 'linear' ? exact : rounded(exact, rounding, axis.factor ?? axis.to / axis.from)
  return read === undefined ? undefined : Math.min(Math.max(read, 0), axis.from - 1)
}

/** Largest distance, in pixels, between two places that count as one: what floats lose on the widest images. */
const tolerance = 1e-4

/** Whether the graph's Resize reads what the file's does, however an engine counts: halves must not fall either way. */
function isSame(file: Resampling, graph: Resampling, axis: ResampledAxis): boolean {
  const { from, to, factor = to / from } = axis
  const bySize = { from, to, factor: undefined }
  const steps: readonly Step[] = [
    byFactor(to / from),
    (target) => target / (to / from),
    (target) => (target * from) / to,
  ]
  for (let target = 0; target < to; target++) {
    const wanted = place(file, target, axis, byFactor(factor))
    if (wanted === undefined) return false
    for (const step of steps) {
      const read = place(graph, target, bySize, step) ?? Infinity
      if (Math.abs(read - wanted) > tolerance) return false
    }
  }
  return true
}

/** What the graph's Resize can do; the first that fits is taken, repetition of pixels before all. */
const nearest: readonly Resampling[] = [
  { mode: 'nearest', coordinates: 'asymmetric', rounding: 'floor' },
  ...['half_pixel', 'pytorch_half_pixel', 'align_corners'].map((coordinates) => ({
    mode: 'nearest' as const,
    coordinates,
    rounding: 'round_prefer_floor',
  })),
]
const linear: readonly Resampling[] = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'].map(
  (coordinates) => ({ mode: 'linear', coordinates, rounding: '' }),
)

/**
 * The graph's convention that reads the same pixels as the file's on every axis, or undefined where none does. A file's
 * factor need not be the ratio of the sizes, and its rounding is free, while the graph's Resize knows sizes only and one
 * rounding for each convention: so the places that both read are compared, rather than the names.
 */
export function graphCoordinates(
  file: Resampling,
  axes: readonly ResampledAxis[],
): ResizeAttributes['coordinates'] | undefined {
  const candidates = file.mode === 'nearest' ? nearest : linear
  // The file's own convention first, where pixels are not just repeated.
  const ordered = candidates.toSorted((a, b) => rank(a, file) - rank(b, file))
  const found = ordered.find((graph) => axes.every((axis) => isSame(file, graph, axis)))
  return found?.coordinates as ResizeAttributes['coordinates'] | undefined
}

function rank({ mode, coordinates }: Resampling, file: Resampling): number {
  if (mode === 'nearest' && coordinates === 'asymmetric') return 0
  return coordinates === file.coordinates ? 1 : 2
}
