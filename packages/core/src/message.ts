import { SaliencyError } from './errors.ts'

/** The message of anything that was thrown, with those of its causes where they say more. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined || SaliencyError.is(error) ? '' : messageOf(error.cause)
  return cause && !error.message.includes(cause) ? `${error.message} (${cause})` : error.message
}

/** A text out of a file as a message may hold it: control characters, line ends among them, become `�`. */
export function plainText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '�')
}

/** A value where something else was expected, as JSON, cut off where it is long. */
export function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** A number with its noun: 1 image, 2 images, 3 axes. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}
