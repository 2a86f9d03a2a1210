import { resolveVariant, SaliencyError, type Method } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import type { MethodSettings } from './settings.ts'
import { traceError } from '../explain-with.ts'
import { impassableNetwork, tinyNetwork, tinyTransformerNames } from '../tiny-networks.ts'
import { networksOf } from './bench.ts'

/** Variants that carry a signal through the model: neither controls, nor methods that only predict or have no class in them. */
function propagating(method: Method): string[] {
  return Object.entries(method.variants)
    .filter(([, { role }]) => role !== 'control')
    .map(([name]) => name)
    .filter((name) => !resolveVariant(method, name).traits.classBlind)
    .filter(
      (name) =>
        method.kind !== 'sampling' || method.of(resolveVariant(method, name).options as never) !== 'predict',
    )
}

/** Checks that a model a method cannot explain ends in an error that says why. */
export function describeRejection(method: Method, settings: MethodSettings): void {
  const { methods = [], refuses = {} } = settings
  const variants = propagating(method)
  const isForTransformers = networksOf(settings).every((name) => tinyTransformerNames.includes(name))

  describe.runIf(variants.length > 0)('an operator that no signal can pass', () => {
    it.each(variants)('%s names the operator and the layer', (variant) => {
      const { model } = impassableNetwork(isForTransformers ? 'transformer' : 'network')
      const error = traceError({ model, method, methods }, variant)
      expect(SaliencyError.is(error), String(error)).toBe(true)
      expect(error?.message).toContain('Sign')
      expect(error?.message).toContain("'step'")
    })
  })

  describe.runIf(Object.keys(refuses).length > 0).each(Object.entries(refuses))(
    '%s, which it refuses',
    (name, code) => {
      it.each(variants)(`%s ends in ${code}`, (variant) => {
        const { model } = tinyNetwork(name)
        expect(traceError({ model, method, methods }, variant)).toMatchObject({ name: 'SaliencyError', code })
      })
    },
  )
}
