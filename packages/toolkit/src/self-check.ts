import {
  backward,
  createRandom,
  type Engine,
  type FloatTensor,
  messageOf,
  type Model,
  tensor,
  type Value,
} from '@saliency/core'
import { contributions } from '@saliency/method-fullgrad'
import {
  type GradientVerification,
  type ImportedModel,
  type Verification,
  verifyGradient,
  verifyModel,
} from '@saliency/model-formats'
import { openSource } from '@saliency/model-formats/node'
import { type SelfCheck, structureChecks } from '@saliency/study'

function scoresCheck(found: Verification): SelfCheck {
  const { source, engine, images, difference, magnitude, tolerance, passed } = found
  const detail = `${source} and ${engine} differ by at most ${difference.toExponential(1)} on ${images} random images (outputs up to ${magnitude.toPrecision(3)}, allowed ${tolerance})`
  return { checked: 'outputs', result: passed ? 'holds' : 'fails', detail }
}

function gradientCheck({ source, pixels, difference, tolerance, passed }: GradientVerification): SelfCheck {
  const checked = 'gradient'
  if (passed === undefined)
    return {
      checked,
      result: 'not checked',
      detail: `the outputs of ${source} change by less than its rounding`,
    }
  const detail = `at ${pixels} pixels it differs from central differences in ${source} by at most ${(100 * difference).toPrecision(2)} % of the largest (allowed ${100 * tolerance} %)`
  return { checked, result: passed ? 'holds' : 'fails', detail }
}

/** How far the sum of FullGrad's terms may be from the logit, as a part of the larger of the logit and 1. */
const COMPLETE = 1e-3

/** Standard normal images `[count, c, h, w]`. */
function randomImage(model: Model, count: number): FloatTensor {
  const random = createRandom(1, 'self-check')
  const shape = [count, ...model.image.shape.slice(1).map(Number)]
  const size = shape.reduce((product, dim) => product * dim, 1)
  return tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  )
}

/** Whether the input and the biases account for a logit: Σ terms = logit on one random image. */
async function completenessCheck({ model, weights }: ImportedModel, engine: Engine): Promise<SelfCheck> {
  const { ops } = model.graph
  const seed = ops.input('direction', model.explained.shape)
  const terms = contributions({
    model,
    ops,
    backward: (request = {}) =>
      backward({ from: model.explained, start: seed, until: model.image, ...request }),
    options: { gradient: 'signed', bias: true },
  })
  // There is one image, so that every axis is summed: attention has its images anywhere, also as a part of an axis.
  const sums = terms.map(({ value: term }, index): [string, Value] => [
    `term ${index}`,
    ops.reduceSum(term, { axes: term.shape.map((_, axis) => axis) }),
  ])
  const image = randomImage(model, 1)
  const direction = new Float32Array(Number(model.explained.shape[1]))
  direction[0] = 1
  const feeds = { image, direction: tensor(direction, [1, direction.length]) }
  const session = await engine.open(
    { outputs: { ...Object.fromEntries(sums), logits: model.explained } },
    weights,
  )
  const found = await session.run(feeds).finally(() => session.dispose())
  const sum = sums.reduce((total, [name]) => total + Number(found[name]?.data[0]), 0)
  const logit = Number(found['logits']?.data[0])
  const holds = Math.abs(sum - logit) <= COMPLETE * Math.max(1, Math.abs(logit))
  const detail = `the terms of FullGrad sum to ${sum.toPrecision(5)}, the logit is ${logit.toPrecision(5)}`
  return { checked: 'completeness', result: holds ? 'holds' : 'fails', detail }
}

/** Whether rows of `classes` numbers are probabilities, or their logarithms: what a softmax leaves, however a file writes it. */
export function areProbabilities(outputs: Float32Array, classes: number): boolean {
  const rows = Array.from({ length: outputs.length / classes }, (_, row) =>
    outputs.subarray(row * classes, (row + 1) * classes),
  )
  const sumToOne = (of: (value: number) => number) =>
    rows.every((row) => Math.abs(row.reduce((sum, value) => sum + of(value), 0) - 1) < 1e-3)
  const isShare = outputs.every((value) => value >= 0 && value <= 1)
  return classes > 1 && ((isShare && sumToOne((value) => value)) || sumToOne(Math.exp))
}

/** A softmax that was not recognised: what is explained are then probabilities. */
async function headCheck(
  head: SelfCheck,
  { model, weights }: ImportedModel,
  engine: Engine,
): Promise<SelfCheck> {
  const image = randomImage(model, 3)
  const session = await engine.open({ outputs: { logits: model.explained } }, weights)
  const { logits } = await session.run({ image }).finally(() => session.dispose())
  if (!areProbabilities(logits?.data as Float32Array, Number(model.explained.shape[1]))) return head
  const detail =
    'what is explained are probabilities or their logarithms, which a softmax makes that was not recognised: every class speaks in the map of each. Export the model up to its logits, or choose them by --output'
  return { ...head, result: 'fails', detail }
}

/** Runs one check; what it cannot run is said and stops no other. */
async function attempt(checked: string, check: () => Promise<SelfCheck>): Promise<SelfCheck> {
  try {
    return await check()
  } catch (error) {
    return { checked, result: 'not checked', detail: messageOf(error) }
  }
}

/**
 * What of this product can be trusted on one model file: outputs and gradient against the library that the file was made
 * for, where that can run here; completeness; the head that was split off; the target layer.
 */
export async function selfChecks(
  imported: ImportedModel,
  path: string,
  engine: Engine,
): Promise<SelfCheck[]> {
  const [head, ...structure] = structureChecks(imported.model)
  const source = await openSource(path, imported).catch((error: unknown) => messageOf(error))
  const compared = async (
    checked: string,
    compare: (own: Exclude<typeof source, string>) => Promise<SelfCheck>,
  ) =>
    typeof source === 'string'
      ? ({ checked, result: 'not checked', detail: source } as const)
      : attempt(checked, () => compare(source))
  try {
    return [
      await compared('outputs', async (own) => scoresCheck(await verifyModel(imported, own, engine))),
      await compared('gradient', async (own) => gradientCheck(await verifyGradient(imported, own, engine))),
      await attempt('completeness', () => completenessCheck(imported, engine)),
      await attempt(head.checked, () => headCheck(head, imported, engine)),
      ...structure,
    ]
  } finally {
    if (typeof source !== 'string') await source.dispose()
  }
}
