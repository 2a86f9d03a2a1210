import { InvalidArgumentError } from 'commander'

/** Collects an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value]
}

/** A whole number of at least `minimum`. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= minimum && text.trim() !== '') return value
    throw new InvalidArgumentError(`It takes a whole number of at least ${minimum}.`)
  }
}

/** A number in [0, 1]. */
export function share(text: string): number {
  const value = Number(text)
  if (value >= 0 && value <= 1 && text.trim() !== '') return value
  throw new InvalidArgumentError('It takes a number from 0 to 1.')
}
