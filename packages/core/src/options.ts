import { SaliencyError } from './errors.ts'
import { suggestion } from './nearest.ts'

interface OptionBase<T> {
  readonly default: T
  /** One sentence; becomes the help text, the config's schema and the documentation. */
  readonly description: string
}
/** A declared option: plain data, so that the command line, the config schema and the docs can be made from it. */
export type OptionSpec =
  | (OptionBase<number> & {
      readonly type: 'number' | 'integer'
      readonly minimum?: number
      readonly maximum?: number
    })
  | (OptionBase<boolean> & { readonly type: 'boolean' })
  | (OptionBase<string> & { readonly type: 'string' })
  | (OptionBase<string> & { readonly type: 'choice'; readonly choices: readonly string[] })
/** The options a plugin declares, by name. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>

type ValueOf<S extends OptionSpec> = S extends { type: 'number' | 'integer' }
  ? number
  : S extends { type: 'boolean' }
    ? boolean
    : S extends { type: 'choice'; choices: readonly (infer C)[] }
      ? C
      : string
/** The values that a set of declared options takes. */
export type OptionValues<S extends OptionSpecs> = { readonly [K in keyof S]: ValueOf<S[K]> }
/** Options as they travel through configs and protocols. */
export type Options = Readonly<Record<string, number | boolean | string>>

/** What an option takes, where a value is none of it; undefined where it is. */
export function optionProblem(spec: OptionSpec, value: unknown): string | undefined {
  switch (spec.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false'
    case 'string':
      return typeof value === 'string' ? undefined : 'a text'
    case 'choice':
      return spec.choices.includes(value as string) ? undefined : `one of ${spec.choices.join(', ')}`
    default: {
      const { minimum = -Infinity, maximum = Infinity, type } = spec
      const fits = typeof value === 'number' && value >= minimum && value <= maximum
      if (fits && (type === 'number' || Number.isInteger(value))) return undefined
      return `${type === 'integer' ? 'a whole number' : 'a number'} in [${minimum}, ${maximum}]`
    }
  }
}

/**
 * Fills in defaults and checks what was given.
 * @throws INVALID_OPTION naming the owner, the option, what was given and what is accepted, with the nearest name.
 */
export function resolveOptions<S extends OptionSpecs>(
  owner: string,
  specs: S,
  given: Options = {},
): OptionValues<S> {
  const known = Object.keys(specs)
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw new SaliencyError(
        'INVALID_OPTION',
        `${owner} has no option '${name}'.${suggestion(name, known)} It has ${known.join(', ') || 'none'}.`,
      )
    }
  }
  const entries = Object.entries(specs).map(([name, spec]) => {
    const value = given[name] ?? spec.default
    const problem = optionProblem(spec, value)
    if (problem) {
      throw new SaliencyError(
        'INVALID_OPTION',
        `${owner}: option '${name}' is ${JSON.stringify(value)}; it takes ${problem}.`,
      )
    }
    return [name, value] as const
  })
  return Object.fromEntries(entries) as OptionValues<S>
}
