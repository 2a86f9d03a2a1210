import {
  createRandom,
  LOGITS,
  resolveVariant,
  SaliencyError,
  tensor,
  trace,
  type Engine,
  type FloatTensor,
  type LoadedModel,
  type Method,
  type Model,
  type Options,
  type Tensor,
} from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { backendInUse } from './backends/backend.ts'
import { fromLayersModel } from './layers-model.ts'
import { openTfjs } from './open.ts'

/** What to explain, and how. */
export interface ExplainSettings {
  /** A method, as its package exports it. */
  readonly method: Method
  /** One of the method's variants; default its first. */
  readonly variant?: string
  /** Overrides of the variant's options. */
  readonly options?: Options
  /** The class to explain, one for all images or one each; default the predicted one. */
  readonly target?: number | readonly number[]
  /** Other methods that a composition takes its parts from. */
  readonly methods?: readonly Method[]
}

async function runOnce(
  engine: Engine,
  { weights }: LoadedModel,
  outputs: Readonly<Record<string, Model['logits']>>,
  feeds: Record<string, Tensor>,
) {
  const session = await engine.open({ outputs }, weights)
  try {
    return await session.run(feeds)
  } finally {
    await session.dispose()
  }
}

/** The index of each row's largest value. */
function predicted(logits: Tensor, batch: number): number[] {
  const data = logits.data as Float32Array
  const width = data.length / batch
  return Array.from({ length: batch }, (_, row) => {
    const scores = data.subarray(row * width, (row + 1) * width)
    return scores.indexOf(Math.max(...scores))
  })
}

function oneHot(targets: readonly number[], classes: number): FloatTensor {
  const data = new Float32Array(targets.length * classes)
  for (const [row, target] of targets.entries()) {
    if (!Number.isInteger(target) || target < 0 || target >= classes) {
      throw new SaliencyError(
        'INVALID_OPTION',
        `There is no class ${target}: the model has classes 0 to ${classes - 1}.`,
      )
    }
    data[row * classes + target] = 1
  }
  return tensor(data, [targets.length, classes])
}

/** Keyed by its name, so that the same call gives the same map. */
function noiseFor(name: string, shape: readonly number[]): FloatTensor {
  const random = createRandom('explain', name)
  return tensor(
    Float32Array.from({ length: shape.reduce((size, dim) => size * dim, 1) }, () => random.normal()),
    shape,
  )
}

async function feedOf(image: tf.Tensor4D): Promise<FloatTensor> {
  const turned = tf.tidy(() => tf.transpose(tf.cast(image, 'float32'), [0, 3, 1, 2]))
  try {
    return tensor(new Float32Array(await turned.data()), turned.shape)
  } finally {
    turned.dispose()
  }
}

/** The backend that the program uses, or the fastest where it uses none. */
function openInUse(): Promise<Engine> {
  const name = backendInUse()
  const known = (['tensorflow', 'wasm', 'cpu', 'webgpu', 'webgl'] as const).find(
    (backend) => backend === name,
  )
  return openTfjs({ backend: known ?? 'auto' })
}

function traceOne(model: Model, { method, variant, options, methods = [] }: ExplainSettings) {
  const resolved = resolveVariant(method, variant, options)
  if (method.kind === 'sampling') {
    throw new SaliencyError(
      'INVALID_OPTION',
      `${resolved.id} averages many runs; use the 'saliency' command for it.`,
    )
  }
  const { traced, failures } = trace({ model, variants: [resolved], methods: [method, ...methods] })
  const [result] = traced
  if (!result) throw failures[0]?.error ?? new Error('internal: nothing was traced')
  return result
}

/**
 * Explains what a TensorFlow.js model sees in images.
 * @param image `[n, h, w, c]`, preprocessed as the model takes it; it stays the caller's.
 * @returns the map, `[n, h, w, c]` at the image's resolution or `[n, h', w', 1]` at that of a layer; it is the caller's.
 * @throws UNSUPPORTED_MODEL, UNKNOWN_VARIANT, INVALID_OPTION, or ENGINE when the image has another shape.
 */
export async function explain(
  model: tf.LayersModel | LoadedModel,
  image: tf.Tensor4D,
  settings: ExplainSettings,
): Promise<tf.Tensor4D> {
  const loaded =
    'weights' in model && 'model' in model ? model : await fromLayersModel(model as tf.LayersModel)
  const { logits, image: leaf } = loaded.model
  const { map, noise } = traceOne(loaded.model, settings)
  const engine = await openInUse()
  const feed = await feedOf(image)
  const [batch = 1] = feed.shape
  const name = (leaf.node.attributes as { name: string }).name
  const classes = Number(logits.shape[1])
  const feeds: Record<string, Tensor> = { [name]: feed }
  let { target } = settings
  target ??= predicted((await runOnce(engine, loaded, { [LOGITS]: logits }, feeds))[LOGITS] as Tensor, batch)
  feeds['seed'] = oneHot(
    typeof target === 'number' ? Array.from({ length: batch }, () => target as number) : target,
    classes,
  )
  for (const each of noise) feeds[each] = noiseFor(each, [batch, 1, ...feed.shape.slice(2)])
  const result = (await runOnce(engine, loaded, { map }, feeds))['map'] as Tensor
  return tf.tidy(() =>
    tf.transpose(
      tf.tensor4d(result.data as Float32Array, result.shape as tf.Tensor4D['shape']),
      [0, 2, 3, 1],
    ),
  )
}
