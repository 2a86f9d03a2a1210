import { SaliencyError } from './errors.ts'
import { contextOf } from './explain-context.ts'
import type { Value } from './graph/value.ts'
import type { LedgerEntry, Method, ResolvedVariant } from './method.ts'
import type { Model } from './model.ts'
import { findVariantById } from './variants.ts'

/** The output name under which every plan returns the logits. */
export const LOGITS = 'logits'

/** A variant whose map is part of the plan. */
export interface TracedVariant {
  readonly variant: ResolvedVariant
  /** The map as the method returns it: `[n, c, h, w]` or `[n, 1, h', w']`. */
  readonly map: Value
  /** Names of the noise inputs that the caller fills, each `[n, 1, h, w]`. */
  readonly noise: readonly string[]
}

/** What tracing gives: maps in one graph, and the variants that could not be traced with the reason. */
export interface Trace {
  readonly traced: readonly TracedVariant[]
  readonly failures: readonly { readonly variant: ResolvedVariant; readonly error: Error }[]
}

/** What a trace is made from. */
export interface TraceRequest {
  readonly model: Model
  readonly variants: readonly ResolvedVariant[]
  /** Every loaded method, for the parts of compositions. */
  readonly methods?: readonly Method[]
}

/** A value as the signed sum over its channels, `[n, 1, h, w]`. */
export function oneChannel(value: Value): Value {
  return value.graph.ops.reduceSum(value, { axes: [1] })
}

function checkMap({ id, traits }: ResolvedVariant, map: Value, model: Model): void {
  const shape = (map as Partial<Value> | null | undefined)?.shape
  if (!Array.isArray(shape))
    throw new SaliencyError(
      'INVALID_PLUGIN',
      `${id} returns ${map === null ? 'null' : `a ${typeof map}`} instead of a value of the graph.`,
    )
  const isInput = traits.resolution === 'input'
  const [channels, ...size] = model.image.shape.slice(1)
  const fits =
    shape.length === 4 &&
    shape[0] === (model.graph.batch ?? 'n') &&
    (isInput
      ? (shape[1] === channels || shape[1] === 1) && size.every((dim, axis) => dim === shape[axis + 2])
      : shape[1] === 1)
  if (fits) return
  const expected = isInput ? `[n, ${channels}, ${size.join(', ')}]` : "[n, 1, h', w']"
  throw new SaliencyError(
    'INVALID_PLUGIN',
    `${id} returned a map of shape [${shape.join(', ')}]; at ${traits.resolution} resolution it must be ${expected}.`,
  )
}

/**
 * Where the relevance of one variant goes, operator by operator from the logits down, as sums `[n]`.
 * @throws INVALID_OPTION when the method keeps no ledger.
 */
export function traceLedger(model: Model, variant: ResolvedVariant): readonly LedgerEntry[] {
  const { method, id } = variant
  if (method.kind === 'graph' && method.ledger) return method.ledger(contextOf(model, variant, []))
  throw new SaliencyError(
    'INVALID_OPTION',
    `${id} keeps no ledger: only methods that propagate relevance do.`,
  )
}

/**
 * Traces variants into the model's graph, where they share the forward pass and every backward pass they have in common.
 * Sampling methods add nothing: trace the variant they wrap. One failing variant does not stop the others: nothing is thrown,
 * and `failures` holds its error, MISSING_PART where a combined variant is not loaded, INVALID_PLUGIN for a map of another
 * shape than its traits say, or whatever the method throws.
 */
export function trace({ model, variants, methods = [] }: TraceRequest): Trace {
  function explain(variant: ResolvedVariant, noise: string[]): Value {
    const context = contextOf(model, variant, noise)
    const { method } = variant
    const reason = method.whyNot?.(model)
    if (reason !== undefined)
      throw new SaliencyError(
        'UNSUPPORTED_MODEL',
        `${method.id} cannot explain ${model.name}: ${reason}; explain it with another method.`,
      )
    if (method.kind === 'graph') return method.explain(context)
    if (method.kind === 'sampling')
      throw new Error(`internal: ${variant.id} samples; trace the variant it wraps`)
    return method.combine(
      context,
      method.of(variant.options).map((id) => explain(partOf(variant, id), noise)),
    )
  }

  function partOf(variant: ResolvedVariant, id: string): ResolvedVariant {
    try {
      return findVariantById(methods, id)
    } catch (error) {
      throw new SaliencyError(
        'MISSING_PART',
        `${variant.id} is unavailable: it combines ${id}; install @saliency/method-${id.split('/')[0]}.`,
        { cause: error },
      )
    }
  }

  const traced: TracedVariant[] = []
  const failures: { variant: ResolvedVariant; error: Error }[] = []
  for (const variant of variants) {
    try {
      const noise: string[] = []
      const map = explain(variant, noise)
      checkMap(variant, map, model)
      traced.push({ variant, map, noise })
    } catch (error) {
      failures.push({ variant, error: error as Error })
    }
  }
  return { traced, failures }
}
