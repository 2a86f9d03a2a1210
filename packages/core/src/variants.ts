import { SaliencyError } from './errors.ts'
import type { Method, ResolvedVariant, Traits } from './method.ts'
import { suggestion } from './nearest.ts'
import { resolveOptions, type Options } from './options.ts'

/** Splits `method/variant`; the variant may be missing. */
export function parseVariantId(id: string): { method: string; variant?: string } {
  const [method = '', variant] = id.split('/')
  return variant === undefined ? { method } : { method, variant }
}

function findVariant(method: Method, name: string | undefined): string {
  const names = Object.keys(method.variants)
  const found = name ?? names[0]
  if (found !== undefined && names.includes(found)) return found
  throw new SaliencyError(
    'UNKNOWN_VARIANT',
    `${method.id} has no variant '${name}'.${suggestion(name ?? '', names)} It has ${names.join(', ')}.`,
  )
}

/**
 * Resolves one variant of a method with its preset's options and what the user overrides.
 * @throws UNKNOWN_VARIANT, INVALID_OPTION
 */
export function resolveVariant(method: Method, name?: string, overrides: Options = {}): ResolvedVariant {
  const variant = findVariant(method, name)
  const spec = method.variants[variant] as Method['variants'][string]
  const id = `${method.id}/${variant}`
  const options = resolveOptions(id, method.options, {
    ...(spec.options as Options),
    ...overrides,
  }) as Options
  const { counterpart } = spec
  return {
    method,
    variant,
    id,
    handling: spec.handling,
    ...(counterpart !== undefined && {
      counterpart: counterpart.includes('/') ? counterpart : `${method.id}/${counterpart}`,
    }),
    traits: { ...method.traits, ...spec.traits, ...method.traitsOf?.(options as never) } as Traits,
    options,
  }
}

/**
 * Finds `method/variant` (or `method`, its first variant) among the loaded methods.
 * @throws UNKNOWN_METHOD, UNKNOWN_VARIANT, INVALID_OPTION
 */
export function findVariantById(
  methods: readonly Method[],
  id: string,
  overrides: Options = {},
): ResolvedVariant {
  const { method: wanted, variant } = parseVariantId(id)
  const method = methods.find((candidate) => candidate.id === wanted)
  if (!method) {
    const known = methods.map((each) => each.id)
    throw new SaliencyError(
      'UNKNOWN_METHOD',
      `There is no method '${wanted}'.${suggestion(wanted, known)} Loaded are ${known.join(', ') || 'none'}.`,
    )
  }
  return resolveVariant(method, variant, overrides)
}
