import { assertDeclaration } from './declaration.ts'
import type { Method } from './method.ts'
import type { OptionSpecs } from './options.ts'

/**
 * Declares a method and checks its options and its variants; the object is the plugin.
 * @throws INVALID_PLUGIN; INVALID_OPTION, with the nearest name, where a variant sets an option that is not declared
 */
export function defineMethod<const S extends OptionSpecs, M extends Method<S>>(
  method: M & { options: S },
): M {
  assertDeclaration(method as unknown as Method)
  return Object.freeze(method)
}
