import type { Check } from './check.ts'
import { assertDeclaration, assertOptionSpecs, refuse } from './declaration.ts'
import { SaliencyError } from './errors.ts'
import type { Method } from './method.ts'

/** The version of the plugin contract that this core speaks. */
export const contractVersion = 1

const methodFunctions: Readonly<Record<string, readonly string[]>> = {
  graph: ['explain'],
  sampling: ['of', 'samples'],
  composition: ['of', 'combine'],
}

/** Functions that a method may have. */
const mayBeThere = ['traitsOf', 'whyNot', 'ledger', 'fold', 'finish'] as const

/** Recognition is by literal fields, so that it does not matter which copy of core a plugin was built against. */
function fieldsOf(plugin: unknown, what: 'method' | 'check'): Record<string, unknown> & { id: string } {
  if (typeof plugin !== 'object' || plugin === null) {
    const found = plugin === undefined ? 'missing' : `a ${typeof plugin}`
    return refuse(
      `the default export is ${found}, not a ${what}: export what define${what === 'method' ? 'Method' : 'Check'} returns as default.`,
    )
  }
  const fields = plugin as Record<string, unknown>
  const { id, contract, options } = fields
  if (contract !== contractVersion) {
    throw new SaliencyError(
      'INCOMPATIBLE_CONTRACT',
      `the default export has ${contract === undefined ? 'no contract' : `contract ${JSON.stringify(contract)}`}; this core speaks contract ${contractVersion}.`,
    )
  }
  if (typeof id !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(id)) {
    return refuse(
      `the ${what}'s id is ${JSON.stringify(id)}: it takes lower-case letters, digits and hyphens.`,
    )
  }
  assertOptionSpecs(id, options)
  return { ...fields, id }
}

/** What reports and lists print of every plugin. */
function assertTexts({ id, title, references }: Record<string, unknown> & { id: string }): void {
  if (typeof title !== 'string') refuse(`${id}: its title is ${shown(title)}: it takes a text.`)
  if (!Array.isArray(references) || references.some((one) => typeof one !== 'string'))
    refuse(`${id}: its references are ${shown(references)}: they take a list of texts, which may be empty.`)
}

/** What was given, in a message. */
const shown = (value: unknown) => (value === undefined ? 'missing' : JSON.stringify(value))

function requireFunctions(fields: Record<string, unknown> & { id: string }, names: readonly string[]): void {
  const missing = names.filter((name) => typeof fields[name] !== 'function')
  if (missing.length > 0) refuse(`${fields.id} has no function ${missing.join(', ')}.`)
}

function assertMethod(plugin: unknown): Method {
  const fields = fieldsOf(plugin, 'method')
  const functions = methodFunctions[String(fields['kind'])]
  if (!functions)
    return refuse(
      `${fields.id} is of kind ${JSON.stringify(fields['kind'])}: known are ${Object.keys(methodFunctions).join(', ')}.`,
    )
  requireFunctions(fields, functions)
  const wrong = mayBeThere.filter((name) => !['undefined', 'function'].includes(typeof fields[name]))
  if (wrong.length > 0) refuse(`${fields.id}: ${wrong.join(', ')} must be a function where it is given.`)
  const method = plugin as Method
  if (method.traits?.resolution !== 'input' && method.traits?.resolution !== 'layer') {
    refuse(`${fields.id}: traits.resolution must be 'input' or 'layer'.`)
  }
  assertTexts(fields)
  assertDeclaration(method)
  return method
}

function listOf(plugin: unknown, what: string): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(plugin) ? plugin : [plugin]
  return list.length > 0
    ? list
    : refuse(`the default export is an empty list: it needs at least one ${what}.`)
}

/**
 * Checks that a package's default export is a method, or a list of methods, of this contract.
 * @throws INVALID_PLUGIN, INCOMPATIBLE_CONTRACT, INVALID_OPTION saying what is wrong with it.
 */
export function assertMethods(plugin: unknown): readonly Method[] {
  return listOf(plugin, 'method').map(assertMethod)
}

/**
 * Checks that a package's default export is a check, or a list of checks, of this contract.
 * @throws INVALID_PLUGIN, INCOMPATIBLE_CONTRACT saying what is wrong with it.
 */
export function assertChecks(plugin: unknown): readonly Check[] {
  return listOf(plugin, 'check').map((item) => {
    const fields = fieldsOf(item, 'check')
    requireFunctions(fields, ['conditions', 'score', 'summarise'])
    assertTexts(fields)
    return item as Check
  })
}

/**
 * Checks that a package called `…method-x` brings a method with the id `x`.
 * @throws INVALID_PLUGIN naming both.
 */
export function assertIdMatches(packageName: string, ids: readonly string[]): void {
  const suffix = /(?:^|[/-])method-(.+)$/.exec(packageName)?.[1]
  if (suffix !== undefined && !ids.includes(suffix)) {
    refuse(
      `its id is '${ids.join("', '")}', but the package's name promises '${suffix}': rename one of the two.`,
    )
  }
}
