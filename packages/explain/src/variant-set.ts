import {
  findVariantById,
  type Method,
  type Model,
  type ResolvedVariant,
  type SamplingMethod,
  SaliencyError,
  trace,
  type TracedVariant,
} from '@saliency/core'

/** A variant that evaluates another one on changed images. */
export interface SamplingVariant {
  readonly variant: ResolvedVariant
  readonly method: SamplingMethod
  /** The variant it evaluates, or `predict` for the logit in the explained direction alone. */
  readonly of: TracedVariant | 'predict'
}

/** Variants made ready for one model: maps in its graph, sampling around them, and what could not be traced. */
export interface VariantSet {
  readonly model: Model
  /** In the order asked for. */
  readonly variants: readonly ResolvedVariant[]
  readonly traced: readonly TracedVariant[]
  readonly sampling: readonly SamplingVariant[]
  readonly failures: readonly VariantFailure[]
}

/** A variant that this model cannot be explained with, and why. */
export interface VariantFailure {
  readonly variant: ResolvedVariant
  readonly error: Error
}

function samplingVariant(
  variant: ResolvedVariant,
  model: Model,
  methods: readonly Method[],
): SamplingVariant {
  const method = variant.method as SamplingMethod
  const of = method.of(variant.options)
  if (of === 'predict') return { variant, method, of }
  const wrapped = findPart(variant, of, methods)
  const { traced, failures } = trace({ model, variants: [wrapped], methods })
  if (failures[0]) throw failures[0].error
  return { variant, method, of: traced[0] as TracedVariant }
}

function findPart(variant: ResolvedVariant, id: string, methods: readonly Method[]): ResolvedVariant {
  try {
    return findVariantById(methods, id)
  } catch (cause) {
    const message = `${variant.id} is unavailable: it evaluates ${id}; install @saliency/method-${id.split('/')[0]}.`
    throw new SaliencyError('MISSING_PART', message, { cause })
  }
}

/** Traces variants of every kind into the model's graph; one that fails does not stop the others. */
export function traceVariants(
  model: Model,
  variants: readonly ResolvedVariant[],
  methods: readonly Method[],
): VariantSet {
  const inGraph = variants.filter(({ method }) => method.kind !== 'sampling')
  const { traced, failures } = trace({ model, variants: inGraph, methods })
  const sampling: SamplingVariant[] = []
  const allFailures = [...failures]
  for (const variant of variants.filter(({ method }) => method.kind === 'sampling')) {
    try {
      sampling.push(samplingVariant(variant, model, methods))
    } catch (error) {
      allFailures.push({ variant, error: error as Error })
    }
  }
  return { model, variants, traced, sampling, failures: allFailures }
}
