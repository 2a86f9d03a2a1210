import type { RunContent, RunKind, RunStore } from './run-store.ts'

/**
 * Keeps a run in memory, as the objects that were put: for a page, or a program that needs no files. It lasts as long as
 * the object does; a run that was stopped goes on with it.
 */
export function memoryStore(name = 'the store in memory'): RunStore {
  const content = new Map<RunKind, Map<string, unknown>>()
  const of = (kind: RunKind) => content.get(kind) ?? new Map<string, unknown>()
  return {
    name,
    has: async (kind, id) => of(kind).has(id),
    get: async <K extends RunKind>(kind: K, id: string) => of(kind).get(id) as RunContent[K] | undefined,
    async put(kind, id, one) {
      if (kind === 'study' && of(kind).has(id)) return
      content.set(kind, of(kind).set(id, one))
    },
    list: async (kind) => [...of(kind).keys()].sort(),
    async remove(kind, id) {
      of(kind).delete(id)
    },
  }
}
