import { type Method, SaliencyError } from '@saliency/core'

/** Names that the field uses for what has another one here; without case, hyphens, underscores and spaces. */
const knownNames: Readonly<Record<string, string>> = {
  gradcam: 'gradcampp/gradcam',
  'gradcam++': 'gradcampp/gradcampp',
  ig: 'integrated-gradients/integrated-gradients',
  gbp: 'guided/guided',
  guidedbackprop: 'guided/guided',
  guidedbackpropagation: 'guided/guided',
  saliency: 'guided/gradient',
  vanillagradient: 'guided/gradient',
  gradient: 'guided/gradient',
  gradients: 'guided/gradient',
  deconvolution: 'guided/deconvnet',
  ixg: 'baseline/input-x-gradient',
  inputxgradient: 'baseline/input-x-gradient',
  gradientxinput: 'baseline/input-x-gradient',
  dtd: 'lrp/deep-taylor',
  deeptaylordecomposition: 'lrp/deep-taylor',
  attentionrollout: 'attention/rollout',
}

/** What a name stands for. */
interface Called {
  readonly method: Method
  readonly variant: string
}

const plain = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '')

function variantsCalled(name: string, methods: readonly Method[]): Called[] {
  return methods.flatMap((method) =>
    Object.keys(method.variants)
      .filter((variant) => plain(variant) === plain(name))
      .map((variant) => ({ method, variant })),
  )
}

/**
 * The variant that is known by a name which is no method's id: by a name of the field, or by the variant's own.
 * @throws UNKNOWN_METHOD where variants of several methods have the name
 */
export function methodCalled(name: string, methods: readonly Method[]): Called | undefined {
  if (methods.some(({ id }) => id === name)) return undefined
  const path = Object.hasOwn(knownNames, plain(name)) ? knownNames[plain(name)] : undefined
  const [id, known = ''] = path?.split('/') ?? []
  const method = methods.find((one) => one.id === id)
  if (method) return { method, variant: known }
  const found = variantsCalled(name, methods)
  if (found.length <= 1) return found[0]
  const paths = found.map((one) => `${one.method.id}/${one.variant}`)
  throw new SaliencyError(
    'UNKNOWN_METHOD',
    `'${name}' is a variant of several methods: choose from ${paths.join(', ')}.`,
  )
}

/** Every name that a method may be asked for by. */
export function namesOf(methods: readonly Method[]): string[] {
  const variants = methods.flatMap((method) => Object.keys(method.variants))
  return [...new Set([...methods.map(({ id }) => id), ...variants, ...Object.keys(knownNames)])]
}
