import { invalid } from '../problems.ts'

/** Reads the settings of one layer as Keras stores them, naming the layer when one has a wrong type. */
export interface ConfigReader {
  has(key: string): boolean
  number(key: string, standard?: number): number
  boolean(key: string, standard: boolean): boolean
  string(key: string, standard: string): string
  /** Two whole numbers; one number counts for both. */
  pair(key: string, standard?: readonly [number, number]): readonly [number, number]
  numbers(key: string): readonly number[]
  /** As it is, for nested objects. */
  raw(key: string): unknown
  /** Settings that the file has, but that nobody asked for so far. */
  unread(): readonly string[]
}

export type JsonObject = Readonly<Record<string, unknown>>

/** Narrows to a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number')

/** A reader over `config`, the settings of the layer `layer`. */
export function readConfig(config: JsonObject, layer: string): ConfigReader {
  const read = new Set<string>()
  const get = (key: string): unknown => {
    read.add(key)
    return config[key]
  }
  const present = (key: string) => get(key) !== undefined && config[key] !== null
  const wrong = (key: string, expected: string) =>
    invalid(
      `Layer '${layer}': '${key}' should be ${expected}, but is ${JSON.stringify(config[key]) ?? 'missing'}.`,
    )
  return {
    has: present,
    raw: get,
    unread: () => Object.keys(config).filter((key) => !read.has(key)),
    number(key, standard) {
      const value = present(key) ? config[key] : standard
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(key, 'a number')
      return value
    },
    boolean(key, standard) {
      const value = present(key) ? config[key] : standard
      if (typeof value !== 'boolean') throw wrong(key, 'true or false')
      return value
    },
    string(key, standard) {
      const value = present(key) ? config[key] : standard
      if (typeof value !== 'string') throw wrong(key, 'a text')
      return value
    },
    pair(key, standard) {
      const value = present(key) ? config[key] : standard
      if (typeof value === 'number') return [value, value]
      if (isNumbers(value) && value.length === 1) return [value[0] as number, value[0] as number]
      if (isNumbers(value) && value.length === 2) return [value[0] as number, value[1] as number]
      throw wrong(key, 'two numbers')
    },
    numbers(key) {
      const value = get(key)
      if (typeof value === 'number') return [value]
      if (!isNumbers(value)) throw wrong(key, 'a list of numbers')
      return value
    },
  }
}
