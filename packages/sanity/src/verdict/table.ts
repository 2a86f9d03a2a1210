import type { Row } from '@saliency/core'
import type { Block, Cells } from '../statistics/cells.ts'

/** The images, draws, steps and pairs that a set of rows speaks of, each in a fixed order. */
export interface TableIndex {
  readonly images: readonly string[]
  readonly draws: readonly number[]
  readonly steps: readonly number[]
}

function sortedNumbers(values: ReadonlySet<number>): number[] {
  return [...values].sort((a, b) => a - b)
}

/** Draw of a row: 0 where the check has no draws. */
function drawOf(row: Row): number {
  return Number(row.protocol['draw'] ?? 0)
}

/** Step of a row along its axis: 0 where there is one step only. */
function stepOf(row: Row): number {
  return Number(row.protocol['step'] ?? 0)
}

/** What these rows cover, sorted, so that the order in which units finished changes nothing. */
export function indexOf(rows: readonly Row[]): TableIndex {
  const [images, draws, steps] = [new Set<string>(), new Set<number>(), new Set<number>()]
  for (const row of rows) {
    images.add(row.image)
    draws.add(drawOf(row))
    steps.add(stepOf(row))
  }
  return { images: [...images].sort(), draws: sortedNumbers(draws), steps: sortedNumbers(steps) }
}

/** What two sets of rows both cover. */
export function intersect(a: TableIndex, b: TableIndex): TableIndex {
  const common = <T>(x: readonly T[], y: readonly T[]) => {
    const set = new Set(y)
    return x.filter((item) => set.has(item))
  }
  return {
    images: common(a.images, b.images),
    draws: common(a.draws, b.draws),
    steps: common(a.steps, b.steps),
  }
}

function positions<T>(items: readonly T[]): Map<T, number> {
  return new Map(items.map((item, i) => [item, i]))
}

/** Place of each pair, by its first image and then its other one. */
type PairPlaces = ReadonlyMap<string, ReadonlyMap<string, number>>

/** Pairs of different images in these rows, as positions, in the order of their names, and each pair's place. */
function pairsOf(
  rows: readonly Row[],
  images: Map<string, number>,
): { pairs: Uint32Array; places: PairPlaces } {
  const others = new Map<string, Set<string>>()
  for (const { image, other } of rows) {
    if (other === undefined || !images.has(image) || !images.has(other)) continue
    const known = others.get(image)
    if (known) known.add(other)
    else others.set(image, new Set([other]))
  }
  const places = new Map<string, Map<string, number>>()
  const flat: number[] = []
  for (const [image, set] of [...others].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const own = new Map<string, number>()
    places.set(image, own)
    for (const other of [...set].sort()) {
      own.set(other, flat.length / 2)
      flat.push(images.get(image) as number, images.get(other) as number)
    }
  }
  return { pairs: Uint32Array.from(flat), places }
}

/**
 * Rows of one variant and one metric as arrays. What is undefined, failed or missing is NaN: counted, never averaged.
 * @param index what to cover; rows outside it are left out
 * @param sharedDraws see {@link Cells.sharedDraws}
 */
export function cellsOf(rows: readonly Row[], index: TableIndex, sharedDraws: boolean): Cells {
  const images = positions(index.images)
  const draws = positions(index.draws)
  const steps = positions(index.steps)
  const { pairs, places } = pairsOf(rows, images)
  const width = index.draws.length
  const blocks: Block[] = index.steps.map(() => ({
    same: new Float64Array(index.images.length * width).fill(NaN),
    chance: new Float64Array((pairs.length / 2) * width).fill(NaN),
  }))
  for (const row of rows) {
    const block = blocks[steps.get(stepOf(row)) ?? -1]
    const draw = draws.get(drawOf(row))
    const place = row.other === undefined ? images.get(row.image) : places.get(row.image)?.get(row.other)
    if (!block || draw === undefined || place === undefined || row.value === null) continue
    const target = row.other === undefined ? block.same : block.chance
    target[place * width + draw] = row.value
  }
  return { images: index.images.length, draws: width, sharedDraws, pairs, blocks }
}

/** Rows grouped by a key, groups in order of first appearance. */
export function groupRows(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = key(row)
    const group = groups.get(name)
    if (group) group.push(row)
    else groups.set(name, [row])
  }
  return groups
}
