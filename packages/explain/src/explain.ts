import {
  assertMethods,
  type Engine,
  type FloatTensor,
  type LoadedModel,
  type Method,
  type Options,
  resolveVariant,
} from '@saliency/core'
import { type ExplainedMap, openExplainer } from './explainer.ts'
import { joinedDirections } from './directions.ts'
import { type ResolvedTarget, resolveTarget, type Target } from './target.ts'

/** What to explain with, and on what. */
export interface ExplainSettings {
  readonly engine: Engine
  /** A method, as its package exports it. */
  readonly method: Method
  /** One of the method's variants by name; default all of them. */
  readonly variant?: string
  /** Overrides of the variants' options. */
  readonly options?: Options
  /** What to explain, the same of all images or a list with one for each; default the predicted class. */
  readonly target?: Target | readonly Target[]
  /** Other methods, for the parts of compositions and the maps that sampling methods average. */
  readonly methods?: readonly Method[]
  /** Names each image in random streams; default `image 0`, `image 1` and so on. */
  readonly ids?: readonly string[]
  /** Names the random numbers that methods draw, default 1. */
  readonly seed?: number
}

/** What a model sees in images. */
export interface Explanation {
  /** The maps, variant by variant. */
  readonly maps: readonly ExplainedMap[]
  /** What was explained of each image: a class's index, or a sum of classes as in `281-285`; `direction` for an array. */
  readonly targets: readonly (number | string)[]
  /** `[n, k]` */
  readonly logits: FloatTensor
}

/** Images in a batch, where there are as many. */
const BATCH = 8

function targetsOf(logits: FloatTensor, { target, ids }: ExplainSettings): ResolvedTarget[] {
  const [count = 0, classes = 0] = logits.shape.map(Number)
  return Array.from({ length: count }, (_, row) => {
    const scores = logits.data.subarray(row * classes, (row + 1) * classes)
    const wanted = Array.isArray(target) ? (target[row] as Target) : (target as Target | undefined)
    return resolveTarget(wanted, scores, { name: ids?.[row] ?? `image ${row}` })
  })
}

/**
 * Explains what a model sees in images, with the variants of one method, on any engine.
 * @param images `[n, c, h, w]`, preprocessed as the model takes them
 * @throws INVALID_PLUGIN where a method does not keep its contract; UNKNOWN_VARIANT, INVALID_OPTION; INVALID_INPUT where there is no such class; MISSING_PART where a method needs
 * another one that `methods` lacks; what a method throws that this model cannot be explained with; ENGINE where the images
 * have another shape than the model's
 */
export async function explain(
  loaded: LoadedModel,
  images: FloatTensor,
  settings: ExplainSettings,
): Promise<Explanation> {
  const { engine, method, variant, options, methods = [], ids, seed = 1 } = settings
  assertMethods([method, ...methods])
  const names = variant === undefined ? Object.keys(method.variants) : [variant]
  const explainer = openExplainer(loaded, {
    engine,
    variants: names.map((name) => resolveVariant(method, name, options)),
    methods: [method, ...methods],
    batchSize: Math.min(BATCH, Number(images.shape[0])),
    seed,
  })
  try {
    const [failure] = explainer.unavailable
    if (failure) throw failure.error
    const logits = await explainer.predict(images)
    const targets = targetsOf(logits, settings)
    const directions = joinedDirections(targets.map(({ direction }) => direction))
    const maps = await explainer.explain({ images, targets: directions, ...(ids && { ids }) })
    return { maps, targets: targets.map((one) => one.target), logits }
  } finally {
    await explainer.dispose()
  }
}
