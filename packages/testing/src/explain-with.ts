import { resolveVariant, type FloatTensor, type LoadedModel, type Method, type Options } from '@saliency/core'
import { openExplainer, traceVariants } from '@saliency/explain'
import { testEngine } from './test-engine.ts'

/** What to explain, and how. */
export interface ExplainRequest extends LoadedModel {
  readonly method: Method
  /** Names of variants; default all of the method's. */
  readonly variants?: readonly string[]
  /** Overrides of the variants' options. */
  readonly options?: Options
  /** `[n, c, h, w]`, preprocessed. */
  readonly inputs: FloatTensor
  /** `[n, k]`: the direction in logit space to explain. */
  readonly direction: FloatTensor
  /** Other methods, for the parts of compositions and the maps that sampling methods wrap. */
  readonly methods?: readonly Method[]
  /** Names each image in random streams; default its position. */
  readonly ids?: readonly string[]
}

/**
 * The maps of a method's variants by name, each `[n, c, h, w]` or `[n, 1, h', w']`, as `@saliency/explain` computes them on
 * ONNX Runtime, all images in one batch.
 * @throws whatever tracing a variant throws: NO_GRADIENT, MISSING_PART, INVALID_OPTION, UNKNOWN_LAYER.
 */
export async function explainWith(request: ExplainRequest): Promise<Map<string, FloatTensor>> {
  const { method, methods = [], inputs, direction, ids, options } = request
  const { variants = Object.keys(method.variants) } = request
  const explainer = openExplainer(request, {
    engine: await testEngine(),
    variants: variants.map((name) => resolveVariant(method, name, options)),
    methods: [method, ...methods],
    batchSize: Number(inputs.shape[0]),
  })
  const [failure] = explainer.unavailable
  if (failure) throw failure.error
  try {
    const maps = await explainer.explain({ images: inputs, targets: direction, ...(ids && { ids }) })
    return new Map(maps.map((map) => [map.variant, map]))
  } finally {
    await explainer.dispose()
  }
}

/** The error that tracing one variant ends in, if it does; a sampling method's is that of the variant it wraps. */
export function traceError(
  { model, method, methods = [] }: Pick<ExplainRequest, 'model' | 'method' | 'methods'>,
  name: string,
): Error | undefined {
  return traceVariants(model, [resolveVariant(method, name)], [method, ...methods]).failures[0]?.error
}
