import { SaliencyError } from './errors.ts'

/** The message of anything that was thrown, with those of its causes where they say more. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined || SaliencyError.is(error) ? '' : messageOf(error.cause)
  return cause && !error.message.includes(cause) ? `${error.message} (${cause})` : error.message
}

/** A number with its noun: 1 image, 2 images. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
