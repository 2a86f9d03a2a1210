import { SaliencyError, suggestion } from '@saliency/core'

/** Errors list so many class names at most. */
const LISTED = 12

/**
 * The index of a class given by its name or its number.
 * @throws INVALID_INPUT with the nearest name, if there is no such class
 */
export function classIndex(text: string, classes: readonly string[], where: string): number {
  const byName = classes.indexOf(text)
  if (byName >= 0) return byName
  const lower = text.toLowerCase()
  const loose = classes.findIndex((name) => name.toLowerCase() === lower)
  if (loose >= 0) return loose
  const index = Number(text)
  if (/^\d+$/.test(text) && (classes.length === 0 || index < classes.length)) return index
  const known =
    classes.length <= LISTED ? `known ones (${classes.join(', ')})` : `${classes.length} known ones`
  throw new SaliencyError(
    'INVALID_INPUT',
    `${where} names no class of the ${known}.${suggestion(text, classes)}`,
  )
}
