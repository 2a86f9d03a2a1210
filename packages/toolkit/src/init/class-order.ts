/** The class of a folder, by its place in the alphabet, and the class that the model predicts. */
export type Pair = readonly [label: number, predicted: number]

/** What is predicted for more than half of a folder's images; undefined where nothing is. */
function mostOf(predicted: readonly number[]): number | undefined {
  return predicted.find((one) => 2 * predicted.filter((other) => other === one).length > predicted.length)
}

/**
 * The order of the classes as the predictions show it: each folder is the class that most of its images are predicted to be,
 * where no two folders are the same class.
 * @returns the folder of each class, by its place in the alphabet; undefined where predictions show no order
 */
export function orderShown(pairs: readonly Pair[], count: number): readonly number[] | undefined {
  const folders = new Map<number, number[]>()
  for (const [label, predicted] of pairs) folders.set(label, [...(folders.get(label) ?? []), predicted])
  const order: number[] = []
  for (const [label, predicted] of folders) {
    const place = mostOf(predicted)
    if (place === undefined || order[place] !== undefined) return undefined
    order[place] = label
  }
  return folders.size === count ? order : undefined
}

/** How many images are predicted right, where the classes stand in this order. */
export function rightIn(pairs: readonly Pair[], order: readonly number[] | undefined): number {
  return pairs.filter(([label, predicted]) => (order?.[predicted] ?? predicted) === label).length
}
