import type { Method } from '@saliency/core'
import { describe } from 'vitest'
import { benchesOf } from './method/bench.ts'
import { describeDeclaration } from './method/declaration.ts'
import { describeMaps } from './method/maps.ts'
import { describeRejection } from './method/rejection.ts'
import type { MethodSettings } from './method/settings.ts'
import { describeTraits } from './method/traits.ts'

/**
 * The conformance suite of a method, on tiny networks: what it declares, the maps of every variant, the traits it
 * promises, and that it refuses an operator no signal can pass.
 */
export function describeMethod(method: Method, settings: MethodSettings = {}): void {
  describe(`${method.id}: conformance`, () => {
    const benches = benchesOf(method, settings)
    describeDeclaration(method, settings)
    describeMaps(method, settings, benches)
    describeTraits(method, settings, benches)
    describeRejection(method, settings)
  })
}
