import type { Random } from '@saliency/core'

const pick = <T>(values: readonly T[], random: Random): T => values[random.integer(0, values.length - 1)] as T

/** Numbers that readers of binary files stumble over, as bytes. */
const hostile: readonly (readonly number[])[] = [
  [0, 0, 0, 0],
  [255, 255, 255, 255],
  [255, 255, 255, 127],
  [0, 0, 0, 128],
  [255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
  [128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128],
  [0, 0, 192, 127],
]

type ByteMutation = (bytes: Uint8Array, at: number, random: Random) => Uint8Array

const joined = (...parts: readonly (Uint8Array | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

const byteMutations: readonly ByteMutation[] = [
  (bytes, at, random) => bytes.with(at, (bytes[at] as number) ^ (1 << random.integer(0, 7))),
  (bytes, at, random) => bytes.with(at, random.integer(0, 255)),
  (bytes, at) => bytes.slice(0, at),
  (bytes, at, random) => joined(bytes.slice(0, at), bytes.slice(at + random.integer(1, 16))),
  (bytes, at, random) => {
    const part = bytes.slice(at, at + random.integer(1, 64))
    return joined(bytes.slice(0, at), part, part, bytes.slice(at + part.length))
  },
  (bytes, at, random) => {
    const number = pick(hostile, random)
    return joined(bytes.slice(0, at), number, bytes.slice(at + number.length))
  },
  (bytes, at, random) => {
    const copy = bytes.slice()
    copy.copyWithin(random.integer(0, bytes.length - 1), at, at + random.integer(1, 32))
    return copy
  },
]

/** A file with one to four places changed: bits, bytes, lengths, pieces that are missing, repeated or out of place. */
export function damagedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let damaged = bytes
  for (let count = random.integer(1, 4); count > 0 && damaged.length > 0; count--) {
    // Headers are short and say what all else is: half of the changes go there.
    const end = random.uniform() < 0.5 ? Math.min(damaged.length, 128) : damaged.length
    damaged = pick(byteMutations, random)(damaged, random.integer(0, end - 1), random)
  }
  return damaged
}

/** Values that nobody expects in a place of a tree. */
const strange: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1,
  2,
  1e9,
  2 ** 40,
  1.5,
  -0.5,
  '',
  'x',
  '../x',
  '__proto__',
  'constructor',
  [],
  {},
  [null],
  [-1, 1e9],
  [[[]]],
  { length: 3 },
]

type Place = { readonly owner: Record<string, unknown>; readonly key: string }

/** Every place of a tree, but the single bytes of its arrays of numbers. */
function places(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return found
  const owner = value as Record<string, unknown>
  for (const key of Object.keys(owner)) {
    found.push({ owner, key })
    places(owner[key], found)
  }
  return found
}

/** A tree with one to three of its places overwritten, removed, exchanged or repeated. */
export function damagedTree<T>(tree: T, random: Random): T {
  const copy = structuredClone(tree)
  for (let count = random.integer(1, 3); count > 0; count--) {
    const all = places(copy)
    if (all.length === 0) break
    const { owner, key } = pick(all, random)
    const other = pick(all, random)
    const chance = random.uniform()
    if (chance < 0.2) delete owner[key]
    else if (chance < 0.35) owner[key] = structuredClone(other.owner[other.key])
    else if (chance < 0.45 && Array.isArray(owner)) owner.push(structuredClone(owner[Number(key)]))
    else owner[key] = structuredClone(pick(strange, random))
  }
  return copy
}

/** The same as the text of a JSON file; now and then it is nested deeply, or not even JSON. */
export function damagedJson(tree: unknown, random: Random): Uint8Array {
  const chance = random.uniform()
  const text = JSON.stringify(chance < 0.9 ? damagedTree(tree, random) : tree)
  if (chance < 0.9) return new TextEncoder().encode(text)
  if (chance < 0.98) return damagedBytes(new TextEncoder().encode(text), random)
  const depth = random.integer(100, 20_000)
  return new TextEncoder().encode(`${'{"a":['.repeat(depth)}${']}'.repeat(depth)}`)
}
