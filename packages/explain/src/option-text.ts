import { type Options, SaliencyError } from '@saliency/core'

/** Options as text, `a=1&b=x`: for names and for people. Values keep their `&`, written `%26`. */
export function optionsText(options: Options): string {
  const escaped = (value: Options[string]) => String(value).replaceAll('%', '%25').replaceAll('&', '%26')
  return Object.entries(options)
    .map(([name, value]) => `${name}=${escaped(value)}`)
    .join('&')
}

/** A `&` that is part of a value is not followed by a name and `=`. */
const BETWEEN_PAIRS = /&(?=[\w-]+=)/

/**
 * Reads what {@link optionsText} wrote, or what a user typed: every value is a text.
 * @throws INVALID_OPTION where a pair has no name
 */
export function optionsFromText(text = ''): Record<string, string> {
  const pairs = text === '' ? [] : text.split(BETWEEN_PAIRS)
  const decoded = (value: string) => value.replaceAll('%26', '&').replaceAll('%25', '%')
  return Object.fromEntries(pairs.map(optionPair).map(([name, value]) => [name, decoded(value)]))
}

/**
 * Reads `name=value`.
 * @throws INVALID_OPTION where there is no name
 */
export function optionPair(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=')
  if (at < 1) throw new SaliencyError('INVALID_OPTION', `option '${pair}': write name=value.`)
  return [pair.slice(0, at), pair.slice(at + 1)]
}
