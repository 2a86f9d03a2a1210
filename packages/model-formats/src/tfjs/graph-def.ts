import { shortJson } from '@saliency/core'
import { isObject, type JsonObject } from '../keras/config-reader.ts'
import { invalid } from '../problems.ts'
import { ownEntry } from '../own-entry.ts'

/** Reads the attributes of one TensorFlow node as TensorFlow.js writes them in JSON. */
export interface GraphAttributes {
  has(name: string): boolean
  text(name: string, standard: string): string
  texts(name: string): readonly string[]
  integer(name: string, standard: number): number
  integers(name: string): readonly number[]
  float(name: string, standard: number): number
  boolean(name: string, standard: boolean): boolean
  /** An element type: `DT_FLOAT`. */
  type(name: string): string
}

/** One node; values are named by the node (`conv`), further outputs `split:1`. */
export interface GraphNode {
  readonly name: string
  readonly opType: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attributes: GraphAttributes
}

/** Texts are base64, or lists of bytes in old files. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return String.fromCharCode(...(value as number[]))
  return typeof value === 'string' ? atob(value) : ''
}

/** Some element types are numbers in old files. */
const typeNames: Readonly<Record<string, string>> = {
  1: 'DT_FLOAT',
  3: 'DT_INT32',
  9: 'DT_INT64',
  10: 'DT_BOOL',
  19: 'DT_HALF',
}

function readAttributes(attr: JsonObject): GraphAttributes {
  const get = (name: string): JsonObject => (isObject(attr[name]) ? attr[name] : {})
  const list = (name: string, kind: string): unknown[] => {
    const { list: items } = get(name)
    return isObject(items) && Array.isArray(items[kind]) ? (items[kind] as unknown[]) : []
  }
  return {
    has: (name) => attr[name] !== undefined,
    text: (name, standard) => (get(name)['s'] === undefined ? standard : textOf(get(name)['s'])),
    texts: (name) => list(name, 's').map(textOf),
    integer: (name, standard) => Number(get(name)['i'] ?? standard),
    integers: (name) => list(name, 'i').map(Number),
    float: (name, standard) => Number(get(name)['f'] ?? standard),
    boolean: (name, standard) => Boolean(get(name)['b'] ?? standard),
    type(name) {
      const value = String(get(name)['type'] ?? '')
      return ownEntry(typeNames, value) ?? value
    },
  }
}

/** `^node` only orders nodes; `node:0` is `node`. */
function valueName(reference: string): string {
  return reference.replace(/:0$/, '')
}

/**
 * Reads the nodes of a graph model.
 * @throws INVALID_MODEL where they are not such.
 */
export function readGraphNodes(topology: unknown): readonly GraphNode[] {
  const nodes = isObject(topology) ? topology['node'] : undefined
  if (!Array.isArray(nodes)) throw invalid('The model.json holds no graph.')
  const read = nodes.map((node: unknown) => {
    if (!isObject(node) || typeof node['name'] !== 'string' || typeof node['op'] !== 'string') {
      throw invalid('The graph holds a node without a name and an operation.')
    }
    const references = Array.isArray(node['input']) ? node['input'] : []
    if (!references.every((reference) => typeof reference === 'string'))
      throw invalid(
        `The node '${node['name']}' reads ${shortJson(node['input'])}, which is no list of names.`,
      )
    const input = references.filter((reference) => !reference.startsWith('^')).map(valueName)
    const attributes = readAttributes(isObject(node['attr']) ? node['attr'] : {})
    return { name: node['name'], opType: node['op'], input, attributes }
  })
  // Only references tell how many outputs a node has.
  const further = new Map<string, number>()
  for (const reference of read.flatMap(({ input }) => input)) {
    const [name, slot] = reference.split(':')
    if (name !== undefined && slot !== undefined)
      further.set(name, Math.max(further.get(name) ?? 0, Number(slot)))
  }
  return read.map((node) => {
    const slots = Array.from(
      { length: further.get(node.name) ?? 0 },
      (_, index) => `${node.name}:${index + 1}`,
    )
    return { ...node, output: [node.name, ...slots] }
  })
}

/** The values that a signature calls inputs or outputs, by their public name. */
export function readSignature(json: JsonObject, side: 'inputs' | 'outputs'): ReadonlyMap<string, string> {
  const metadata = isObject(json['userDefinedMetadata']) ? json['userDefinedMetadata'] : {}
  const signature = [json['signature'], metadata['signature']].find(isObject)
  const entries = signature && isObject(signature[side]) ? Object.entries(signature[side]) : []
  return new Map(
    entries.map(([key, entry]) => [key, valueName(isObject(entry) ? String(entry['name'] ?? key) : key)]),
  )
}
