import { shortJson } from '@saliency/core'
import { invalid } from '../problems.ts'

/** More values than any classifier's parameter holds; a declared shape beyond it is a broken or hostile file. */
const maximumValues = 2 ** 30

/** A few bytes of a file can ask for any constant; what networks compute from shapes and indices is far smaller. */
const maximumComputed = 2 ** 25

/**
 * The number of values of a declared shape, checked before anything is allocated.
 * @throws INVALID_MODEL for negative, fractional or huge sizes.
 */
export function checkedSize(shape: readonly number[], what: string): number {
  let size = 1
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0)
      throw invalid(`${what} declares the shape ${shortJson(shape).replaceAll(',', ', ')}.`)
    size *= dim
  }
  if (size > maximumValues) {
    throw invalid(
      `${what} declares the shape [${shape.join(', ')}], ${size} values, more than any parameter holds. ` +
        'The file is broken or was not made by an exporter.',
    )
  }
  return size
}

/**
 * The number of values of a constant that the file computes, checked before anything is allocated. It may always be as large
 * as what it is computed `from`, the number of values of a weight.
 * @throws INVALID_MODEL for negative, fractional or huge sizes.
 */
export function computedSize(shape: readonly number[], what: string, from = 0): number {
  const size = checkedSize(shape, what)
  if (size <= Math.max(maximumComputed, from)) return size
  throw invalid(
    `${what} would be computed with the shape [${shape.join(', ')}], ${size} values, more than any network computes. ` +
      'The file is broken or was not made by an exporter.',
  )
}
