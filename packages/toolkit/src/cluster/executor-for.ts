import { SaliencyError, suggestion } from '@saliency/core'
import type { Executor } from '@saliency/study'
import type { Registry } from '../discovery/registry.ts'

const QUEUE = '@saliency/executor-bullmq'

/** The packages that bring an executor, by what an address begins with: few need them, and some have clients of databases. */
const known: Readonly<Record<string, string>> = {
  slurm: '@saliency/executor-slurm',
  redis: QUEUE,
  rediss: QUEUE,
  postgres: QUEUE,
  postgresql: QUEUE,
}

/** An address without its password. */
export function shownAddress(address: string): string {
  return address.replace(/^([a-z]+:\/\/[^:/@]*):.*@/, '$1:***@')
}

const refuse = (address: string, text: string) =>
  new SaliencyError('INVALID_OPTION', `--on ${shownAddress(address)}: ${text}`)

/**
 * Who has shards computed at an address, among the installed plugins.
 * @throws INVALID_OPTION naming the package that is missing
 */
export function executorFor(address: string, { executors, records }: Registry): Executor {
  const [, scheme] = /^([a-z][a-z0-9-]*)(:\/\/|$)/.exec(address) ?? []
  const found = executors.find(({ schemes }) => scheme !== undefined && schemes.includes(scheme))
  if (found) return found
  const schemes = [...new Set([...Object.keys(known), ...executors.flatMap((one) => one.schemes)])]
  const missing = known[scheme ?? '']
  if (missing === undefined)
    throw refuse(
      address,
      `this names no scheduler and no queue.${suggestion(scheme ?? address, schemes)} It takes slurm, redis://HOST, rediss://HOST or postgres://HOST/DATABASE.`,
    )
  const broken = records.find((record) => record.package === missing && record.status !== 'ok')
  if (broken) throw refuse(address, `${missing} cannot be used: ${broken.reason ?? broken.status}`)
  throw refuse(address, `this needs a package: npm install ${missing}`)
}
