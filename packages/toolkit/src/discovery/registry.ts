import { type Check, type Method, SaliencyError, suggestion } from '@saliency/core'
import type { Executor } from '@saliency/study'
import { namesOf } from './known-names.ts'
import { nothing, type PluginRecord } from './plugin.ts'

/** The same package reached twice counts once: the first wins, the others are shown. */
export function shadow(records: readonly PluginRecord[]): PluginRecord[] {
  const seen = new Map<string, PluginRecord>()
  const result: PluginRecord[] = []
  for (const record of records) {
    const first = record.package === '(config)' ? undefined : seen.get(record.package)
    if (!first) seen.set(record.package, record)
    // One package reached over two declarations is no news; two copies of it are.
    if (first?.path === record.path) continue
    result.push(
      first
        ? {
            ...record,
            status: 'shadowed',
            reason: `${first.path} (${first.source}) comes first.`,
            ...nothing,
          }
        : record,
    )
  }
  return result
}

function idsOf(record: PluginRecord): string[] {
  const plugins: readonly (Method | Check | Executor)[] = [
    ...record.methods,
    ...record.checks,
    ...record.executors,
  ]
  return plugins.map((plugin) => `${record.kind} '${plugin.id}'`)
}

/** Two packages with one id: neither is taken, and both are named. */
export function conflicts(records: readonly PluginRecord[]): PluginRecord[] {
  return records.map((record) => {
    for (const id of idsOf(record)) {
      const others = records.filter((other) => other !== record && idsOf(other).includes(id))
      if (others.length === 0) continue
      const names = [record, ...others].map((one) => `${one.package} (${one.path || 'config'})`).sort()
      const reason = `${id} is declared by ${names.join(' and ')}: remove one of them.`
      return { ...record, status: 'conflict' as const, reason }
    }
    return record
  })
}

/** The plugins that can be used, and why the others cannot. */
export interface Registry {
  readonly records: readonly PluginRecord[]
  /** Sorted by id, so that runs are reproducible. */
  readonly methods: readonly Method[]
  readonly checks: readonly Check[]
  readonly executors: readonly Executor[]
  /** @throws UNKNOWN_METHOD with the nearest name, or with why its package could not be used. */
  method(id: string): Method
  /** @throws UNKNOWN_CHECK with the nearest name. */
  check(id: string): Check
  /** The record a method or check came from. */
  origin(plugin: Method | Check): PluginRecord | undefined
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Why `id` is missing although a package seems to provide it. */
function failureOf(
  id: string,
  kind: 'method' | 'check',
  records: readonly PluginRecord[],
): SaliencyError | undefined {
  const bad = records.find(
    (record) =>
      record.status !== 'ok' &&
      record.status !== 'shadowed' &&
      record.kind === kind &&
      (record.methods.some((method) => method.id === id) ||
        record.checks.some((check) => check.id === id) ||
        record.package.endsWith(`${kind}-${id}`)),
  )
  if (!bad) return undefined
  const code =
    bad.status === 'conflict'
      ? 'DUPLICATE_ID'
      : bad.status === 'incompatible'
        ? 'INCOMPATIBLE_CONTRACT'
        : 'INVALID_PLUGIN'
  return new SaliencyError(
    code,
    `${kind} '${id}' cannot be used: ${bad.package}: ${bad.reason ?? 'unknown reason'}`,
  )
}

/** Makes a registry of what discovery found. */
export function createRegistry(records: readonly PluginRecord[]): Registry {
  const usable = records.filter((record) => record.status === 'ok')
  const methods = usable.flatMap((record) => record.methods).sort(byId)
  const checks = usable.flatMap((record) => record.checks).sort(byId)
  const executors = usable.flatMap((record) => record.executors).sort(byId)

  function find<T extends Method | Check>(
    id: string,
    kind: 'method' | 'check',
    list: readonly T[],
    others: readonly string[] = [],
  ): T {
    const found = list.find((one) => one.id === id)
    if (found) return found
    const failure = failureOf(id, kind, records)
    if (failure) throw failure
    const ids = list.map((one) => one.id)
    const code = kind === 'method' ? 'UNKNOWN_METHOD' : 'UNKNOWN_CHECK'
    throw new SaliencyError(
      code,
      `There is no ${kind} '${id}'.${suggestion(id, [...ids, ...others])} Known are ${ids.join(', ') || 'none'}; \`saliency list\` shows all.`,
    )
  }

  return {
    records,
    methods,
    checks,
    executors,
    method: (id) => find(id, 'method', methods, namesOf(methods)),
    check: (id) => find(id, 'check', checks),
    origin: (plugin) =>
      usable.find((record) => ([...record.methods, ...record.checks] as unknown[]).includes(plugin)),
  }
}
