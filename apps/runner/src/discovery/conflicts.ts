import type { Check, Method } from '@saliency/core'
import type { PluginRecord } from './plugin.ts'

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
            methods: [],
            checks: [],
          }
        : record,
    )
  }
  return result
}

function idsOf(record: PluginRecord): string[] {
  const plugins: readonly (Method | Check)[] = [...record.methods, ...record.checks]
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
