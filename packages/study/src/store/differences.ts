import { canonical } from './keys.ts'

type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** Values longer than this are cut. */
const LONGEST = 60

function short(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing')
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}…` : text
}

/** A list of things that have ids, each its own, by id. */
function byId(list: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!Array.isArray(list)) return undefined
  const things = new Map<string, unknown>()
  for (const one of list) if (isObject(one) && typeof one['id'] === 'string') things.set(one['id'], one)
  return things.size === list.length ? things : undefined
}

function listDifferences(
  before: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
  path: string,
): string[] {
  const gone = [...before.keys()].filter((id) => !now.has(id))
  const added = [...now.keys()].filter((id) => !before.has(id))
  const both = [...before.keys()].filter((id) => now.has(id))
  const order = [...now.keys()].filter((id) => before.has(id))
  return [
    ...(gone.length > 0 ? [`${path}: without ${gone.join(', ')}`] : []),
    ...(added.length > 0 ? [`${path}: with ${added.join(', ')}`] : []),
    ...(both.some((id, at) => id !== order[at]) ? [`${path}: in another order`] : []),
    ...both.flatMap((id) => differences(before.get(id), now.get(id), `${path}.${id}`)),
  ]
}

/** `path: before → now` for every leaf in which two values differ; lists of things with ids say what came and went. */
export function differences(before: unknown, now: unknown, path = ''): string[] {
  if (canonical(before) === canonical(now)) return []
  const lists = [byId(before), byId(now)] as const
  if (lists[0] && lists[1]) return listDifferences(lists[0], lists[1], path)
  if (!isObject(before) || !isObject(now)) return [`${path}: ${short(before)} → ${short(now)}`]
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  return names.flatMap((name) => differences(before[name], now[name], path === '' ? name : `${path}.${name}`))
}
