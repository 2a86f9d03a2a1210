import {
  assertMethods,
  type Method,
  type Model,
  type Options,
  resolveOptions,
  SaliencyError,
  suggestion,
} from '@saliency/core'
import { optionsFromText, type Selection } from '@saliency/explain'
import type { Settings } from '../study/settings.ts'
import { methodCalled } from './known-names.ts'
import type { Registry } from './registry.ts'

/** What to explain with: METHOD, METHOD/VARIANT or METHOD/VARIANT?option=value, a name with its options, or a method. */
export type MethodRequest = string | Method | readonly [name: string, options: Options]

/** A value as the type that the option declares; texts come from the command line. */
function typedValue(value: Options[string], type: string): Options[string] {
  if (typeof value !== 'string') return value
  // What is no number stays as it was typed, for the message that refuses it.
  if (type === 'number' || type === 'integer')
    return value.trim() === '' || Number.isNaN(Number(value)) ? value : Number(value)
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

/** Options of one method, each of its declared type. @throws INVALID_OPTION with the nearest name */
function optionsFor(method: Method, given: Options): Options {
  const typed = Object.entries(given).map(([name, value]) => {
    const spec = Object.hasOwn(method.options, name) ? method.options[name] : undefined
    return [name, spec ? typedValue(value, spec.type) : value] as const
  })
  const options = Object.fromEntries(typed)
  resolveOptions(method.id, method.options, options)
  return options
}

/** Reads `METHOD`, `METHOD/VARIANT`, or a name that people know. */
function findMethod(path: string, registry: Registry): Pick<Selection, 'method' | 'variant'> {
  const [id = '', variant, ...rest] = path.split('/')
  if (rest.length > 0)
    throw new SaliencyError(
      'UNKNOWN_VARIANT',
      `'${path}': write METHOD, METHOD/VARIANT or METHOD/VARIANT?option=value.`,
    )
  const called = methodCalled(id, registry.methods)
  if (called && variant === undefined) return called
  const method = called?.method ?? registry.method(id)
  if (variant === undefined) return { method }
  if (Object.hasOwn(method.variants, variant)) return { method, variant }
  const known = Object.keys(method.variants)
  throw new SaliencyError(
    'UNKNOWN_VARIANT',
    `${method.id} has no variant '${variant}'.${suggestion(variant, known)} It has ${known.join(', ')}.`,
  )
}

/**
 * Finds one method, or one of its variants, with options.
 * @throws UNKNOWN_METHOD, UNKNOWN_VARIANT or INVALID_OPTION with the nearest name.
 */
export function selectOne(request: Exclude<MethodRequest, Method>, registry: Registry): Selection {
  const [text, beside] = typeof request === 'string' ? [request, {}] : request
  const [path = '', query] = text.split(/\?(.*)/s)
  const found = findMethod(path, registry)
  return { ...found, options: optionsFor(found.method, { ...optionsFromText(query), ...beside }) }
}

/** Spreads options over every selected method that has them; what a selection says itself comes first. */
function withCommonOptions(selections: readonly Selection[], common: Options): Selection[] {
  for (const name of Object.keys(common)) {
    if (selections.some(({ method }) => Object.hasOwn(method.options, name))) continue
    const known = [...new Set(selections.flatMap(({ method }) => Object.keys(method.options)))]
    throw new SaliencyError(
      'INVALID_OPTION',
      `None of the chosen methods has an option '${name}'.${suggestion(name, known)} They have ${known.join(', ') || 'none'}.`,
    )
  }
  return selections.map((selection) => {
    const own = Object.entries(common).filter(([name]) => Object.hasOwn(selection.method.options, name))
    const options = optionsFor(selection.method, Object.fromEntries(own))
    return { ...selection, options: { ...options, ...selection.options } }
  })
}

/** What there is to choose from, and what it is to explain. */
export interface Available {
  readonly registry: Registry
  readonly model: Model
}

/** Methods that average over many samples multiply the cost: `all` has them only where they are named. */
const isSampling = ({ kind }: Method) => kind === 'sampling'

/** Every method that has no reason against the model, and needs a few passes. */
function all(methods: readonly Method[], model: Model): Selection[] {
  return methods
    .filter((method) => !isSampling(method) && method.whyNot?.(model) === undefined)
    .map((method) => ({ method, options: {} }))
}

/** Ids of the methods that `all` has only where they are named, and that are not. */
export function leftToNames(requests: readonly MethodRequest[], available: Available): readonly string[] {
  if (!requests.includes('all')) return []
  const named = selectMethods(
    requests.filter((one) => one !== 'all'),
    available,
  ).map(({ method }) => method)
  const { registry, model } = available
  return registry.methods
    .filter((method) => isSampling(method) && !named.includes(method) && !method.whyNot?.(model))
    .map(({ id }) => id)
}

/** What is said of methods that are left to their names. */
export const leftToNamesSentence = (ids: readonly string[]): string =>
  `Without ${ids.join(', ')}, which evaluate many images for one map: name them with --method to have them too.`

/** What `all` leaves out for a model, each with the reason. */
export function leftOutOfAll(
  requests: readonly MethodRequest[],
  { registry, model }: Available,
): readonly string[] {
  if (!requests.includes('all')) return []
  return registry.methods.flatMap((method) => {
    const reason = method.whyNot?.(model)
    return reason === undefined ? [] : [`${method.id} is left out of all methods: ${reason}.`]
  })
}

/**
 * Finds what was asked for; `all` is every method that explains networks like the model without many samples.
 * @param common options for every chosen method that has them
 * @throws UNKNOWN_METHOD, UNKNOWN_VARIANT or INVALID_OPTION with the nearest name; INVALID_PLUGIN for an object that is no
 * method.
 */
export function selectMethods(
  requests: readonly MethodRequest[],
  { registry, model }: Available,
  common: Options = {},
): Selection[] {
  const selections = requests.flatMap((request): Selection[] => {
    if (request === 'all') return all(registry.methods, model)
    if (typeof request === 'string' || isPair(request)) return [selectOne(request, registry)]
    return assertMethods(request).map((method) => ({ method, options: {} }))
  })
  return withCommonOptions(selections, common)
}

function isPair(request: Exclude<MethodRequest, string>): request is readonly [string, Options] {
  return Array.isArray(request)
}

/** What is studied, and the ids of what `all` leaves out. */
interface Selected {
  readonly chosen: Selection[]
  readonly leftOut: readonly string[]
}

/** The variants that a configuration names. */
export function selectionsOf({ methods }: Settings, available: Available): Selected {
  return { chosen: selectMethods(methods, available), leftOut: leftToNames(methods, available) }
}
