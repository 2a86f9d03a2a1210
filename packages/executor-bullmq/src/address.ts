import { messageOf, SaliencyError } from '@saliency/core'

/** Whether a queue lies in Postgres, and not in Redis. */
export const isPostgres = (address: string): boolean => address.startsWith('postgres')

/** An address without its password. */
function shown(address: string): string {
  return address.replace(/^([a-z]+:\/\/[^:/@]*):.*@/, '$1:***@')
}

/** Says in one line what is wrong with an address. */
export function refuse(address: string, text: string, cause?: unknown): SaliencyError {
  return new SaliencyError('INVALID_OPTION', `--on ${shown(address)}: ${text}`, { cause })
}

/** What a client says when nothing answers, or the door is closed. */
const problems: readonly (readonly [RegExp, string])[] = [
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|timeout/i,
    'nothing answers there: start the database, or correct host and port.',
  ],
  [
    /NOAUTH|no password|SASL|password must be/i,
    'a password is needed: write it into the address, SCHEME://USER:PASSWORD@HOST.',
  ],
  [/WRONGPASS|password authentication failed|invalid password/i, 'user or password is wrong.'],
  [/database ".*" does not exist/i, 'there is no such database: createdb makes it.'],
]

/** A client's error in words that help; errors that connect to several places are one. */
export function explained(address: string, error: unknown): SaliencyError {
  if (SaliencyError.is(error)) return error
  const { errors = [], code = '' } = error as { errors?: readonly unknown[]; code?: string }
  const said = [messageOf(error), code, ...errors.map(messageOf)].filter((text) => text !== '').join(' ')
  const known = problems.find(([pattern]) => pattern.test(said))
  return refuse(address, known?.[1] ?? said.split('\n')[0] ?? 'it cannot be used.', error)
}
