import type { Row, VariantFacts } from '@saliency/core'

const texts = new WeakMap<Row['protocol'], string>()

/** A protocol as text, made once: the rows of one comparison share the object. */
function protocolText({ protocol }: Row): string {
  const known = texts.get(protocol)
  if (known !== undefined) return known
  const entries = Object.entries(protocol).sort(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify(entries)
  texts.set(protocol, text)
  return text
}

const keys: readonly ((row: Row) => string)[] = [
  ({ variant }) => variant,
  ({ condition }) => condition,
  ({ image }) => image,
  ({ other = '' }) => other,
  ({ metric }) => metric,
  protocolText,
]

/**
 * Rows in an order that depends on nothing but what they say: variants as the study lists them, then by condition, image
 * and metric. Summaries begin with it, since sums move in their last digit, and lists in their order, with that of the
 * rows. Rows that are in order already, as stored ones nearly are, cost one pass.
 */
export function inStudyOrder(rows: readonly Row[], facts: readonly VariantFacts[] = []): readonly Row[] {
  const places = new Map(facts.map(({ id }, place) => [id, place]))
  const placeOf = ({ variant }: Row) => places.get(variant) ?? places.size
  function compare(a: Row, b: Row): number {
    const distance = a.variant === b.variant ? 0 : placeOf(a) - placeOf(b)
    if (distance !== 0) return distance
    for (const key of keys) {
      const [x, y] = [key(a), key(b)]
      if (x !== y) return x < y ? -1 : 1
    }
    return 0
  }
  return rows.every((row, i) => i === 0 || compare(rows[i - 1]!, row) <= 0) ? rows : rows.toSorted(compare)
}
