import type { ImageSet } from './image-set.ts'

/**
 * The same images with their classes in turn: the first of each class, then the second of each, and so on, classes by
 * index and images without a label last among them. So the first images of a set hold all classes evenly, and a group of
 * neighbours holds different classes.
 */
export function inTurn(set: ImageSet): ImageSet {
  const byClass = new Map<number, number[]>()
  for (const [place, { label = Infinity }] of set.images.entries()) {
    const places = byClass.get(label)
    if (places) places.push(place)
    else byClass.set(label, [place])
  }
  const classes = [...byClass].toSorted(([a], [b]) => a - b).map(([, places]) => places)
  const rounds = Math.max(0, ...classes.map((places) => places.length))
  const order = Array.from({ length: rounds }, (_, round) =>
    classes.flatMap((places) => places[round] ?? []),
  ).flat()
  const at = (places: readonly number[]) => places.map((place) => order[place] as number)
  return {
    ...set,
    images: order.map((place) => set.images[place] as (typeof set.images)[number]),
    fingerprint: (places) => set.fingerprint(at(places)),
    // A place outside the set is refused by the set.
    load: (place, preprocess) => set.load(order[place] ?? place, preprocess),
  }
}

/** How many images there are of each class, by the index of the class; images without a label do not count. */
export function classCounts({
  images,
  classes,
}: {
  readonly images: readonly { readonly label?: number }[]
  readonly classes?: readonly string[]
}): { name: string; count: number }[] {
  const counts = new Map<number, number>()
  for (const { label } of images) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1)
  return [...counts]
    .toSorted(([a], [b]) => a - b)
    .map(([label, count]) => ({ name: classes?.[label] ?? `class ${label}`, count }))
}
