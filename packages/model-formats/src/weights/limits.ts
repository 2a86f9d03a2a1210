import { invalid } from '../problems.ts'

/** More values than any classifier's parameter holds; a declared shape beyond it is a broken or hostile file. */
const maximumValues = 2 ** 30

/**
 * The number of values of a declared shape, checked before anything is allocated.
 * @throws INVALID_MODEL for negative, fractional or huge sizes.
 */
export function checkedSize(shape: readonly number[], what: string): number {
  let size = 1
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0)
      throw invalid(`${what} declares the shape [${shape.join(', ')}].`)
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
