import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { messageOf, SaliencyError, suggestion } from '@saliency/core'
import { readJson } from '@saliency/study/system'
import * as v from 'valibot'
import { type Config, configSchema, defineConfig } from './schema.ts'

/** Looked for in this order. */
export const configNames = ['ts', 'js', 'mjs', 'json'].map((extension) => `saliency.config.${extension}`)

/** A configuration and where it came from. */
export interface LoadedConfig {
  readonly config: Config
  /** The file; absent where there is none. */
  readonly path?: string
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = issue.path?.map((item) => String((item as { key: unknown }).key)).join('.') ?? ''
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return `unknown field '${path}'.${suggestion(path, Object.keys(configSchema.entries))}`
  }
  return `${path === '' ? 'the whole' : `'${path}'`} is ${issue.received}; it takes ${issue.expected ?? issue.message}.`
}

/**
 * Checks a configuration's types.
 * @throws INVALID_CONFIG naming each wrong field, what it holds and what it takes.
 */
export function parseConfig(value: unknown, where: string): Config {
  const result = v.safeParse(configSchema, value)
  if (result.success) return result.output
  throw new SaliencyError('INVALID_CONFIG', `${where}: ${result.issues.map(describeIssue).join(' ')}`)
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
