import { type Method, type Options, resolveOptions, SaliencyError, suggestion } from '@saliency/core'
import type { Selection } from '@saliency/explain'
import type { Registry } from './registry.ts'

/** Reads `value` as the type that the option declares. */
function parseValue(text: string, type: string): number | boolean | string {
  if (type === 'number' || type === 'integer') return text.trim() === '' ? Number.NaN : Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function parsePair(pair: string): readonly [name: string, value: string] {
  const at = pair.indexOf('=')
  if (at < 1) throw new SaliencyError('INVALID_OPTION', `option '${pair}': write name=value.`)
  return [pair.slice(0, at), pair.slice(at + 1)]
}

function optionsFor(method: Method, pairs: readonly (readonly [string, string])[]): Options {
  const given = pairs.map(([name, text]) => {
    const spec = method.options[name]
    if (!spec) {
      const known = Object.keys(method.options)
      throw new SaliencyError(
        'INVALID_OPTION',
        `${method.id} has no option '${name}'.${suggestion(name, known)} It has ${known.join(', ') || 'none'}.`,
      )
    }
    return [name, parseValue(text, spec.type)] as const
  })
  const options = Object.fromEntries(given)
  resolveOptions(method.id, method.options, options)
  return options
}

/**
 * Reads `method`, `method/variant` or `method/variant?option=value&…`.
 * @throws UNKNOWN_METHOD, UNKNOWN_VARIANT or INVALID_OPTION with the nearest name.
 */
export function parseSelection(text: string, registry: Registry): Selection {
  const [path = '', query = ''] = text.split(/\?(.*)/s)
  const [id = '', variant, ...rest] = path.split('/')
  if (rest.length > 0)
    throw new SaliencyError(
      'UNKNOWN_VARIANT',
      `'${text}': write METHOD, METHOD/VARIANT or METHOD/VARIANT?option=value.`,
    )
  const method = registry.method(id)
  if (variant !== undefined && !Object.hasOwn(method.variants, variant)) {
    const known = Object.keys(method.variants)
    throw new SaliencyError(
      'UNKNOWN_VARIANT',
      `${id} has no variant '${variant}'.${suggestion(variant, known)} It has ${known.join(', ')}.`,
    )
  }
  const options = optionsFor(method, query === '' ? [] : query.split('&').map(parsePair))
  return { method, options, ...(variant !== undefined && { variant }) }
}

/** Spreads `--option name=value` over every selected method that has the option. */
function withCommonOptions(selections: readonly Selection[], pairs: readonly string[]): Selection[] {
  const parsed = pairs.map(parsePair)
  for (const [name] of parsed) {
    if (selections.some(({ method }) => Object.hasOwn(method.options, name))) continue
    const known = [...new Set(selections.flatMap(({ method }) => Object.keys(method.options)))]
    throw new SaliencyError(
      'INVALID_OPTION',
      `None of the chosen methods has an option '${name}'.${suggestion(name, known)} They have ${known.join(', ') || 'none'}.`,
    )
  }
  return selections.map((selection) => {
    const own = parsed.filter(([name]) => Object.hasOwn(selection.method.options, name))
    return { ...selection, options: { ...optionsFor(selection.method, own), ...selection.options } }
  })
}

/**
 * What `--method` (repeatable, or `all`) and `--option` ask for.
 * @throws UNKNOWN_METHOD, UNKNOWN_VARIANT or INVALID_OPTION.
 */
export function selectMethods(
  methods: readonly (string | Method)[],
  registry: Registry,
  options: readonly string[] = [],
): Selection[] {
  const selections = methods.flatMap((one): Selection[] => {
    if (typeof one !== 'string') return [{ method: one, options: {} }]
    if (one === 'all') return registry.methods.map((method) => ({ method, options: {} }))
    return [parseSelection(one, registry)]
  })
  return withCommonOptions(selections, options)
}
