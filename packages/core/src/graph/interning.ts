import type { OpName } from './operators.ts'
import type { Value } from './value.ts'

/** An operator on inputs, and what it gives. */
interface Entry {
  readonly op: OpName
  readonly inputs: readonly Value[]
  readonly attributes: object
  readonly outputs: readonly Value[]
}

const mix = (hash: number, item: number) => Math.imul(hash ^ item, 0x01_00_01_93)

/** Of a long list the first items. What collides is compared. */
const hashedItems = 16

function hashOf(hash: number, item: unknown): number {
  // The whole part of a number, and of its fraction the first bits.
  if (typeof item === 'number') return mix(mix(hash, item), item * 0x1_00_00_00)
  if (typeof item === 'string') return mix(mix(hash, item.length), item.charCodeAt(item.length - 1))
  if (typeof item === 'boolean') return mix(hash, item ? 1 : 2)
  if (typeof item !== 'object' || item === null) return hash
  const parts: readonly unknown[] = Array.isArray(item) ? item : Object.values(item)
  let result = mix(hash, parts.length)
  for (let at = 0; at < parts.length && at < hashedItems; at++) result = hashOf(result, parts[at])
  return result
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  )
}

/** Finds what an operator gave on the same inputs with the same attributes. */
export interface Interning {
  find(op: OpName, inputs: readonly Value[], attributes: object): readonly Value[] | undefined
  /** What was there before stays. */
  add(op: OpName, inputs: readonly Value[], attributes: object, outputs: readonly Value[]): void
}

/** A table of applications, by a hash of inputs and attributes: a text of each would cost more than the graph. */
export function createInterning(): Interning {
  const table = new Map<number, Entry[]>()

  function hash(op: OpName, inputs: readonly Value[], attributes: object): number {
    let result = hashOf(inputs.length, op)
    for (const { node, slot } of inputs) result = mix(mix(result, node.id), slot)
    return hashOf(result, attributes)
  }

  const among = (
    entries: readonly Entry[] | undefined,
    ...[op, inputs, attributes]: Parameters<Interning['find']>
  ) =>
    entries?.find(
      (entry) =>
        entry.op === op &&
        entry.inputs.length === inputs.length &&
        entry.inputs.every((value, index) => value === inputs[index]) &&
        isSame(entry.attributes, attributes),
    )?.outputs
  return {
    find: (op, inputs, attributes) => among(table.get(hash(op, inputs, attributes)), op, inputs, attributes),
    add(op, inputs, attributes, outputs) {
      const at = hash(op, inputs, attributes)
      const entries = table.get(at)
      if (!entries) table.set(at, [{ op, inputs, attributes, outputs }])
      else if (!among(entries, op, inputs, attributes)) entries.push({ op, inputs, attributes, outputs })
    },
  }
}
