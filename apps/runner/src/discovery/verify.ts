import { type Check, type Method, resolveOptions, SaliencyError } from '@saliency/core'
import { contractVersion } from './plugin.ts'

const handlings = ['signed', 'positive', 'negative', 'absolute']
const entryPoints = {
  graph: ['explain'],
  sampling: ['of', 'samples'],
  composition: ['of', 'combine'],
} as const

function refuse(problem: string): never {
  throw new SaliencyError('INVALID_PLUGIN', problem)
}

/** Recognition is by literal fields, so that it does not matter which copy of core a plugin was built against. */
function fieldsOf(plugin: unknown, what: string): Record<string, unknown> {
  if (typeof plugin !== 'object' || plugin === null) {
    return refuse(
      `the default export is ${plugin === undefined ? 'missing' : typeof plugin}, not a ${what}: export one made by define${what === 'method' ? 'Method' : 'Check'} as default.`,
    )
  }
  const fields = plugin as Record<string, unknown>
  if (fields['contract'] !== contractVersion) {
    const given = JSON.stringify(fields['contract'])
    return refuse(`the default export has contract ${given}; this runner speaks contract ${contractVersion}.`)
  }
  if (typeof fields['id'] !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(fields['id'])) {
    return refuse(
      `the ${what}'s id is ${JSON.stringify(fields['id'])}: it takes lower-case letters, digits and hyphens.`,
    )
  }
  return fields
}

function requireFunctions(id: string, fields: Record<string, unknown>, names: readonly string[]): void {
  const missing = names.filter((name) => typeof fields[name] !== 'function')
  if (missing.length > 0) refuse(`${id} has no function ${missing.join(', ')}.`)
}

function verifyVariants(method: Method): void {
  const variants = Object.entries(method.variants ?? {})
  if (variants.length === 0) refuse(`${method.id} declares no variants: it needs at least one.`)
  for (const [name, variant] of variants) {
    const owner = `${method.id}/${name}`
    if (!handlings.includes(variant.handling)) {
      refuse(`${owner}: handling ${JSON.stringify(variant.handling)} is none of ${handlings.join(', ')}.`)
    }
    resolveOptions(owner, method.options, variant.options as Parameters<typeof resolveOptions>[2])
  }
}

/**
 * Checks that a default export is a method of this contract.
 * @throws INVALID_PLUGIN or INVALID_OPTION saying what is wrong with it.
 */
export function assertMethod(plugin: unknown): Method {
  const fields = fieldsOf(plugin, 'method')
  const kind = fields['kind']
  if (typeof kind !== 'string' || !Object.hasOwn(entryPoints, kind)) {
    return refuse(
      `${String(fields['id'])} is of kind ${JSON.stringify(kind)}: known are ${Object.keys(entryPoints).join(', ')}.`,
    )
  }
  requireFunctions(String(fields['id']), fields, entryPoints[kind as keyof typeof entryPoints])
  if (typeof fields['options'] !== 'object' || fields['options'] === null)
    refuse(`${String(fields['id'])} has no options (an empty object will do).`)
  const method = plugin as Method
  verifyVariants(method)
  return method
}

/**
 * Checks that a default export is a check, or a list of checks, of this contract.
 * @throws INVALID_PLUGIN saying what is wrong with it.
 */
export function assertChecks(plugin: unknown): readonly Check[] {
  const list: unknown[] = Array.isArray(plugin) ? plugin : [plugin]
  if (list.length === 0) refuse('the default export is an empty list: it needs at least one check.')
  for (const item of list) {
    const fields = fieldsOf(item, 'check')
    requireFunctions(String(fields['id']), fields, ['conditions', 'score', 'summarise'])
  }
  return list as Check[]
}

/** A package called `…method-x` promises a method with the id `x`. */
export function assertIdMatches(packageName: string, id: string): void {
  const suffix = /(?:^|[/-])method-(.+)$/.exec(packageName)?.[1]
  if (suffix !== undefined && suffix !== id) {
    refuse(`its id is '${id}', but the package's name promises '${suffix}': rename one of the two.`)
  }
}
