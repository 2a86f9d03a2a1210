import { findVariantById, resolveOptions, resolveVariant, type Method, type Options } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import type { MethodSettings } from './settings.ts'

/** The options in which two variants' resolved presets differ. */
function differences(a: Options, b: Options): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name])
}

/** The counterpart as a resolved variant; undefined where it belongs to a method that is not at hand. */
function counterpartOf(method: Method, name: string, methods: readonly Method[]) {
  const { counterpart } = resolveVariant(method, name)
  if (counterpart === undefined) return undefined
  const owner = [method, ...methods].find(({ id }) => id === counterpart.split('/')[0])
  return owner && { owner, resolved: findVariantById([owner], counterpart) }
}

/** Checks what a method says of itself. */
export function describeDeclaration(method: Method, { methods = [] }: MethodSettings): void {
  const names = Object.keys(method.variants)

  describe('declaration', () => {
    it('is frozen and speaks contract 1', () => {
      expect(Object.isFrozen(method)).toBe(true)
      expect(method.contract).toBe(1)
      expect(['graph', 'sampling', 'composition']).toContain(method.kind)
    })

    it('has names in kebab case, a title, and references', () => {
      for (const name of [method.id, ...names]) expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
      expect(method.title.trim()).not.toBe('')
      expect(method.references.length).toBeGreaterThan(0)
      for (const reference of method.references) expect(reference.trim().length).toBeGreaterThan(10)
    })

    it('describes every option, with a default that passes its own check', () => {
      expect(() => resolveOptions(method.id, method.options)).not.toThrow()
      const defaults = Object.fromEntries(
        Object.entries(method.options).map(([name, spec]) => [name, spec.default]),
      )
      expect(resolveOptions(method.id, method.options, defaults)).toEqual(defaults)
      for (const [name, { description }] of Object.entries(method.options)) {
        expect(description.trim(), `description of ${name}`).not.toBe('')
      }
    })

    it.each(names)('%s is a valid preset with a description', (name) => {
      expect(() => resolveVariant(method, name)).not.toThrow()
      expect(method.variants[name]?.description.trim()).not.toBe('')
    })

    it.each(names.filter((name) => method.variants[name]?.counterpart))(
      '%s differs from its counterpart in the handling alone',
      (name) => {
        const spec = method.variants[name]
        const found = counterpartOf(method, name, methods)
        if (!found) {
          expect(spec?.counterpart, 'a counterpart in another package').toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/)
          return
        }
        expect(found.resolved.handling).not.toBe(spec?.handling)
        if (found.owner !== method) return
        const differing = differences(resolveVariant(method, name).options, found.resolved.options)
        // One option carries the handling; another may differ if the variant says so.
        expect(differing.length, `options ${differing.join(', ')}`).toBeLessThanOrEqual(spec?.differs ? 2 : 1)
        expect(differing.length).toBeGreaterThan(0)
      },
    )
  })
}
