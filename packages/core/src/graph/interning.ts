import type { OpName } from './operators.ts'
import type { Value } from './value.ts'

/** An operator on inputs, and what became of it. */
export interface Entry {
  readonly op: OpName
  readonly inputs: readonly Value[]
  readonly attributes: object
  /** What the first layer of the model gave that applies it. */
  layer?: readonly Value[]
  /** What it became where rules and methods built it. */
  built?: readonly Value[]
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

/** Finds the entry of an operator on the same inputs with the same attributes, or makes it. */
export type Interning = (op: OpName, inputs: readonly Value[], attributes: object) => Entry

/** Attributes tell apart what has no inputs; what has some seldom differs in nothing else, and is compared. */
function hash(op: OpName, inputs: readonly Value[], attributes: object): number {
  let result = hashOf(inputs.length, op)
  for (const { node, slot } of inputs) result = mix(mix(result, node.id), slot)
  return inputs.length === 0 ? hashOf(result, attributes) : result
}

function isEntry(entry: Entry, op: OpName, inputs: readonly Value[], attributes: object): boolean {
  if (entry.op !== op || entry.inputs.length !== inputs.length) return false
  for (let at = 0; at < inputs.length; at++) if (entry.inputs[at] !== inputs[at]) return false
  return isSame(entry.attributes, attributes)
}

/** A table of applications, by a hash of inputs and attributes: a text of each would cost more than the graph. */
export function createInterning(): Interning {
  const table = new Map<number, Entry[]>()
  return (op, inputs, attributes) => {
    const key = hash(op, inputs, attributes)
    const entries = table.get(key)
    for (const entry of entries ?? []) if (isEntry(entry, op, inputs, attributes)) return entry
    const entry: Entry = { op, inputs, attributes }
    if (entries) entries.push(entry)
    else table.set(key, [entry])
    return entry
  }
}
