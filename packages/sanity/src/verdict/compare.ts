import type { ImageGroup, Row } from '@saliency/core'
import { whyUndefined, type Plane } from '../similarity/plane.ts'
import type { Similarity } from '../similarity/similarity.ts'

/** What the rows of one comparison have in common. */
export interface RowBase {
  readonly variant: string
  /** The check's name for what was compared. */
  readonly condition: string
  readonly protocol: Row['protocol']
}

/** The maps of one group under one condition, with what a similarity needs of each computed once. */
export interface PreparedMaps {
  readonly planes: readonly Plane[]
  readonly prepared: readonly unknown[]
}

/** Prepares each map of a group for one similarity. */
export function prepareAll(measure: Similarity<unknown>, planes: readonly Plane[]): PreparedMaps {
  return { planes, prepared: planes.map((plane) => measure.prepare(plane)) }
}

function reason(reference: Plane, changed: Plane): string {
  const first = whyUndefined(reference.data)
  if (first) return `the map under the original condition is ${first}`
  const second = whyUndefined(changed.data)
  return second
    ? `the map under the changed condition is ${second}`
    : 'the similarity has no value for these maps'
}

function row(
  base: RowBase,
  measure: Similarity<unknown>,
  pair: PairAt,
  from: PreparedMaps,
  to: PreparedMaps,
): Row {
  const { group, i, j } = pair
  const [a, b] = [from.prepared[i], to.prepared[j]]
  const value = a === undefined || b === undefined ? undefined : measure.compare(a, b)
  const place = { image: group.images[i]!.id, ...(i === j ? {} : { other: group.images[j]!.id }) }
  if (value !== undefined && Number.isFinite(value)) {
    return { metric: measure.id, ...base, ...place, value, status: 'ok' }
  }
  const note = reason(from.planes[i]!, to.planes[j]!)
  return { metric: measure.id, ...base, ...place, value: null, status: 'undefined', note }
}

interface PairAt {
  readonly group: ImageGroup
  readonly i: number
  readonly j: number
}

/**
 * Rows of one pair of conditions: s (the same image under both) and c, the matched-condition chance level (image i under
 * the first, image j under the second, both of this group; j = i + 1 … i + partners, around the group's end).
 */
export function compareConditions(options: {
  base: RowBase
  measure: Similarity<unknown>
  group: ImageGroup
  from: PreparedMaps
  to: PreparedMaps
  /** Partners of each image for the chance level; 0 leaves it out. */
  partners: number
}): Row[] {
  const { base, measure, group, from, to } = options
  const images = group.images.length
  const partners = Math.min(options.partners, images - 1)
  const rows: Row[] = []
  for (let i = 0; i < images; i++) {
    for (let step = 0; step <= partners; step++) {
      rows.push(row(base, measure, { group, i, j: (i + step) % images }, from, to))
    }
  }
  return rows
}
