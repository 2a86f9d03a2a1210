import { assertSchemaCompatibility, runMigrations } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { explained, isPostgres, refuse } from './address.ts'

/** Milliseconds until a database counts as absent. */
const PATIENCE = 5_000

function assertAddress(address: string): void {
  if (URL.canParse(address) && new URL(address).hostname !== '') return
  const example = isPostgres(address) ? 'postgres://HOST/DATABASE' : 'redis://HOST'
  throw refuse(address, `this is no address: write ${example}.`)
}

async function assertRedis(address: string): Promise<void> {
  const client = new Redis(address, {
    lazyConnect: true,
    connectTimeout: PATIENCE,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  // The client says why on this event; what `connect` rejects with says only that it failed.
  let reason: unknown
  client.on('error', (error) => (reason ??= error))
  try {
    await client.connect()
    await client.ping()
  } catch (error) {
    throw explained(address, reason ?? error)
  } finally {
    client.disconnect()
  }
}

/** Submitting makes BullMQ's tables where they are missing; a worker that did not find them would complain for ever. */
async function assertTables(address: string, role: 'submit' | 'work'): Promise<void> {
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: PATIENCE })
  try {
    await client.connect()
    if (role === 'submit') await runMigrations(client)
    else await assertSchemaCompatibility(client)
  } catch (error) {
    if ((error as Error).name === 'SchemaMigrationRequiredError')
      throw refuse(address, 'it holds no queues yet: `saliency run` with the same --on makes the tables.')
    throw explained(address, error)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Looks whether the database answers and takes queues.
 * @throws INVALID_OPTION in one line
 */
export async function assertReady(address: string, role: 'submit' | 'work'): Promise<void> {
  assertAddress(address)
  await (isPostgres(address) ? assertTables(address, role) : assertRedis(address))
}
