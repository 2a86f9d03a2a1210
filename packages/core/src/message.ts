import { SaliencyError } from './errors.ts'

/** The message of anything that was thrown, with those of its causes where they say more. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined || SaliencyError.is(error) ? '' : messageOf(error.cause)
  return cause && !error.message.includes(cause) ? `${error.message} (${cause})` : error.message
}

/** A number with its noun: 1 image, 2 images, 3 axes. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}
