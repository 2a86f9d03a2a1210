import { SaliencyError } from './errors.ts'
import type { Method } from './method.ts'
import { suggestion } from './nearest.ts'
import { type OptionSpec, type OptionSpecs, optionProblem, resolveOptions, type Options } from './options.ts'

const handlings = ['signed', 'positive', 'negative', 'absolute']
const types: readonly OptionSpec['type'][] = ['number', 'integer', 'boolean', 'string', 'choice']

/** For a plugin that does not keep its contract. */
export function refuse(problem: string): never {
  throw new SaliencyError('INVALID_PLUGIN', problem)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function assertSpec(place: string, spec: unknown): void {
  if (!isObject(spec))
    return refuse(`${place} is ${JSON.stringify(spec)}: it takes a type, a default and a description.`)
  const { type, choices } = spec
  if (!types.includes(type as OptionSpec['type']))
    refuse(
      `${place} has the type ${JSON.stringify(type)}.${suggestion(String(type), types)} Types are ${types.join(', ')}.`,
    )
  const isList =
    Array.isArray(choices) && choices.length > 0 && choices.every((one) => typeof one === 'string')
  if (type === 'choice' && !isList)
    refuse(`${place} is a choice without a list of choices: give them as texts.`)
  const problem = optionProblem(spec as unknown as OptionSpec, spec['default'])
  if (problem) refuse(`${place} has the default ${JSON.stringify(spec['default'])}; it takes ${problem}.`)
}

/**
 * Checks what a plugin says of its options.
 * @throws INVALID_PLUGIN naming the option, and what is wrong with it
 */
export function assertOptionSpecs(owner: string, specs: unknown): asserts specs is OptionSpecs {
  if (!isObject(specs)) refuse(`${owner} has no options: an empty object will do.`)
  for (const [name, spec] of Object.entries(specs)) assertSpec(`${owner}: option '${name}'`, spec)
}

function assertVariant(method: Method, name: string, spec: unknown): void {
  const owner = `${method.id}/${name}`
  if (!isObject(spec)) return refuse(`${owner} is ${JSON.stringify(spec)}: it takes a handling and options.`)
  const { handling, counterpart, options } = spec
  if (!handlings.includes(handling as string))
    refuse(`${owner}: handling ${JSON.stringify(handling)} is none of ${handlings.join(', ')}.`)
  if (counterpart !== undefined && typeof counterpart !== 'string')
    refuse(`${owner}: its counterpart is ${JSON.stringify(counterpart)}: it takes the name of a variant.`)
  if (
    typeof counterpart === 'string' &&
    !counterpart.includes('/') &&
    !Object.hasOwn(method.variants, counterpart)
  )
    refuse(
      `${owner}: its counterpart '${counterpart}' is no variant of ${method.id}.${suggestion(counterpart, Object.keys(method.variants))} Name another plugin's as 'method/variant'.`,
    )
  if (options !== undefined && !isObject(options))
    refuse(`${owner}: its options are ${JSON.stringify(options)}: an empty object will do.`)
  resolveOptions(owner, method.options, options as Options | undefined)
}

/**
 * Checks what a method says of its options and variants.
 * @throws INVALID_PLUGIN; INVALID_OPTION, with the nearest name, where a variant sets an option that is not declared
 */
export function assertDeclaration(method: Method): void {
  assertOptionSpecs(method.id, method.options)
  const variants: unknown = method.variants
  if (!isObject(variants) || Object.keys(variants).length === 0)
    return refuse(`${method.id} declares no variants: it needs at least one.`)
  for (const [name, spec] of Object.entries(variants)) assertVariant(method, name, spec)
}
