import type { ResizeAttributes } from './operators.ts'

type Coordinates = ResizeAttributes['coordinates']

/** Where pixel `index` of an axis resized from `from` to `to` pixels lies between the old ones, as ONNX's Resize defines it. */
export function resizeSource(index: number, from: number, to: number, coordinates: Coordinates): number {
  switch (coordinates) {
    case 'align_corners':
      return to === 1 ? 0 : (index * (from - 1)) / (to - 1)
    case 'asymmetric':
      return (index * from) / to
    case 'pytorch_half_pixel':
      return to === 1 ? 0 : ((index + 0.5) * from) / to - 0.5
    case 'half_pixel':
      return ((index + 0.5) * from) / to - 0.5
  }
}

/** The old pixel that nearest-neighbour resizing takes: rounded down for `asymmetric`, halves down otherwise. */
export function nearestSource(index: number, from: number, to: number, coordinates: Coordinates): number {
  const position = resizeSource(index, from, to, coordinates)
  const nearest = coordinates === 'asymmetric' ? Math.floor(position) : Math.ceil(position - 0.5)
  return Math.min(Math.max(nearest, 0), from - 1)
}
