import type { Check, Options } from '@saliency/core'
import type { PlannedCheck } from '../plan.ts'
import type { Study } from '../study.ts'

/** A planned check, and the module that another thread imports it from. */
export interface CheckModule {
  readonly id: string
  readonly url: string
  readonly options: Options
  readonly conditions: PlannedCheck['conditions']
}

/** Where another thread finds a study's checks; nothing where one of them is known to this process only. */
export function modulesOf({ plan, checkModules }: Study): CheckModule[] | undefined {
  const modules = plan.checks.map(({ check, options, conditions }) => {
    const url = checkModules.get(check.id)
    return url === undefined ? undefined : { id: check.id, url, options, conditions }
  })
  return modules.every((one) => one !== undefined) ? modules : undefined
}

/** The check of a module's default export that has this id. */
export function checkIn(exported: unknown, id: string): Check {
  const all = (Array.isArray(exported) ? exported : [exported]) as readonly Check[]
  const found = all.find((check) => check.id === id)
  if (!found) throw new Error(`internal: the module has no check ${id}`)
  return found
}

/**
 * Imports checks one after the other: loaders of sources hand out half a module to whoever asks a second time at once.
 * @throws what importing them throws
 */
export async function importChecks(modules: readonly CheckModule[]): Promise<PlannedCheck[]> {
  const checks: PlannedCheck[] = []
  for (const { id, url, options, conditions } of modules) {
    const { default: exported } = (await import(/* @vite-ignore */ url)) as { default?: unknown }
    checks.push({ check: checkIn(exported, id), options, conditions })
  }
  return checks
}
