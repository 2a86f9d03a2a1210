import { pendingUnits } from './pending.ts'
import { type Shard, shardUnits } from './shard.ts'
import type { RunStore } from './store/run-store.ts'
import type { Study } from './study.ts'

/** The shards of `count` that have something to do: the store is asked, whatever a queue knows. */
export async function openShards(study: Study, store: RunStore, count: number): Promise<Shard[]> {
  const pending = new Set((await pendingUnits(study, store)).map(({ id }) => id))
  return Array.from({ length: count }, (_, index) => ({ index, count })).filter((shard) =>
    shardUnits(study.plan, shard).some(({ id }) => pending.has(id)),
  )
}
