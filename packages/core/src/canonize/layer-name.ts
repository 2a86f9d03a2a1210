import type { Node } from '../graph/value.ts'

/** The path that names have in common, part by part. */
function commonPath(names: readonly string[]): string {
  const [first = '', ...rest] = names
  const parts = first.split('.')
  const shared = parts.findIndex((_, at) => {
    const path = parts.slice(0, at + 1).join('.')
    return rest.some((name) => name !== path && !name.startsWith(`${path}.`))
  })
  return shared < 0 ? first : parts.slice(0, shared).join('.')
}

/**
 * A name for what several nodes become: that of the module which holds them and nothing else (`features.3.act`), else the
 * last one's with the new operator in the place of its own (`Div_6` → `HardSwish_6`).
 */
export function layerName(
  nodes: readonly Node[],
  kind: string,
  others: ReadonlySet<string>,
): string | undefined {
  const names = [...new Set(nodes.flatMap(({ layer }) => layer ?? []))]
  const root = nodes.at(-1) as Node
  if (names.length <= 1) return root.layer
  const path = commonPath(names)
  const isFree = (name: string) =>
    [...others].every((other) => other !== name && !other.startsWith(`${name}.`))
  if (path !== '' && isFree(path)) return path
  const renamed = root.layer?.replace(new RegExp(`${root.op}(?=[^.]*$)`), kind)
  return renamed !== undefined && !others.has(renamed) ? renamed : root.layer
}
