import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { messageOf, SaliencyError, suggestion } from '@saliency/core'
import { readJson } from '@saliency/study/system'
import * as v from 'valibot'
import { type Config, defineConfig } from './config.ts'
import { configFields, configSchema } from './schema.ts'

/** Looked for in this order. */
export const configNames: readonly string[] = ['ts', 'js', 'mjs', 'json'].map(
  (extension) => `saliency.config.${extension}`,
)

/** A configuration and where it came from. */
export interface LoadedConfig {
  readonly config: Config
  /** The file; absent where there is none. */
  readonly path?: string
}

type Issue = v.BaseIssue<unknown>

const isUnknownField = ({ type, expected }: Issue) => type === 'strict_object' && expected === 'never'

/** Of issues, those with the field that most of them name: of several shapes, all lack it. */
function mostNamed(issues: readonly Issue[]): Issue[] {
  const names = issues.map((issue) => pathOf(issue).join('.'))
  const times = (name: string) => names.filter((one) => one === name).length
  const most = Math.max(0, ...names.map(times))
  return issues.filter((_, at) => times(names[at]!) === most && names.indexOf(names[at]!) === at)
}

/**
 * What is wrong inside a value that has none of several shapes: values of a wrong kind, else fields that no shape has. A field
 * that is missing says only that another shape was meant.
 */
function inside({ issues }: Issue): Issue[] {
  const deeper = (issues ?? []).filter((issue) => pathOf(issue).length > 0)
  const wrong = deeper.filter((issue) => issue.received !== 'undefined' && !isUnknownField(issue))
  return wrong.length > 0 ? wrong : mostNamed(deeper.filter(isUnknownField))
}

function pathOf({ path }: Issue): string[] {
  return (path ?? []).map((item) => String((item as { readonly key: unknown }).key))
}

function describeIssue(issue: Issue, above: readonly string[] = []): string {
  const path = [...above, ...pathOf(issue)]
  const parts = issue.type === 'union' ? inside(issue) : []
  if (parts.length > 0) return parts.map((part) => describeIssue(part, path)).join(' ')
  const name = path.join('.')
  if (isUnknownField(issue)) return `unknown field '${name}'.${suggestion(name, configFields)}`
  return `${name === '' ? 'the whole' : `'${name}'`} is ${issue.received}; it takes ${issue.expected ?? issue.message}.`
}

/**
 * Checks a configuration's types.
 * @throws INVALID_CONFIG naming each wrong field, what it holds and what it takes.
 */
export function parseConfig(value: unknown, where: string): Config {
  if (Array.isArray(value))
    throw new SaliencyError('INVALID_CONFIG', `${where}: the whole is Array; it takes Object.`)
  const result = v.safeParse(configSchema, value)
  if (result.success) return result.output
  throw new SaliencyError(
    'INVALID_CONFIG',
    `${where}: ${result.issues.map((issue) => describeIssue(issue)).join(' ')}`,
  )
}

async function evaluate(path: string): Promise<unknown> {
  if (extname(path) === '.json') return readJson(path, 'INVALID_CONFIG')
  const { createJiti } = await import('jiti')
  // A config may import '@saliency/runner' for defineConfig without having it installed beside itself.
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    virtualModules: { '@saliency/runner': { defineConfig }, '@saliency/toolkit': { defineConfig } },
  })
  try {
    return await jiti.import(path, { default: true })
  } catch (error) {
    throw new SaliencyError('INVALID_CONFIG', `${path} cannot be run: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * Loads `given`, or the first `saliency.config.*` of the folder `root`; without one, an empty configuration.
 * @throws INVALID_CONFIG if it does not exist, cannot be run, or has fields of a wrong type.
 */
export async function loadConfig(given: string | undefined, root: string): Promise<LoadedConfig> {
  const path =
    given === undefined
      ? configNames.map((name) => resolve(root, name)).find((file) => existsSync(file))
      : resolve(root, given)
  if (path === undefined) return { config: {} }
  if (!existsSync(path))
    throw new SaliencyError(
      'INVALID_CONFIG',
      `${path} does not exist: give the path of a ${configNames.join(', ')}.`,
    )
  return { config: parseConfig(await evaluate(path), path), path }
}
