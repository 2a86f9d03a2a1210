import { signal } from '@preact/signals'
import type { Card } from './state.ts'

/** The value under the pointer, and the variant whose map it is of. */
export const pointedAt = signal<{ readonly id: string; readonly text: string } | undefined>(undefined)

/** Reads the map's own value, as the method gave it, where the pointer is. */
export function point(id: string, { plane, values }: Card, event: PointerEvent): void {
  const place = event.currentTarget
  if (!plane || !values || !(place instanceof Element)) return
  const { left, top, width, height } = place.getBoundingClientRect()
  const at = (offset: number, length: number, count: number) =>
    Math.min(count - 1, Math.max(0, Math.floor((offset / length) * count)))
  const row = at(event.clientY - top, height, plane.height)
  const column = at(event.clientX - left, width, plane.width)
  const value = values[row * plane.width + column] ?? NaN
  pointedAt.value = { id, text: value.toPrecision(3).replace('-', '−') }
}
