import { defineExecutor, type Executor } from '@saliency/study'

/**
 * Has shards computed by workers that take them from a BullMQ queue, in Redis, Valkey or Postgres. BullMQ and the clients
 * of databases are loaded only where they are used.
 */
const bullmq: Executor = defineExecutor({
  id: 'bullmq',
  contract: 1,
  schemes: ['redis', 'rediss', 'postgres', 'postgresql'],
  ready: async (address, role) => (await import('./ready.ts')).assertReady(address, role),
  submit: async (request) => (await import('./submit.ts')).submit(request),
  work: async (request) => (await import('./work.ts')).work(request),
})

export default bullmq
