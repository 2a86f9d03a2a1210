import { ancestors, type ImageGroup, type TracedVariant } from '@saliency/core'
import {
  batchOf,
  costOf,
  createEvaluator,
  type Evaluate,
  type MapRequest,
  type MapResult,
  openMapSession,
  openPredictor,
  planMaps,
  rankedClasses,
  sampledMap,
  samplingJob,
  type SamplingVariant,
  seedsFor,
} from '@saliency/explain'
import { counted } from '../counted.ts'
import { groupTensor } from '../study/image-groups.ts'
import type { Study } from '../study/study.ts'

/** Seconds that one run of what is measured should stay below. */
const SHORT = 4
/** Sessions open in time that grows faster than their graph. */
const NODES = 1500

/** What the engine takes, from a part of the work. */
export interface MeasuredMaps {
  /** Seconds for one image's forward pass. */
  readonly forward: number
  /** Seconds to open every session of a weight state. */
  readonly open: number
  /** Seconds for all variants' maps of one batch. */
  readonly batch: number
  /** Maps of the variants that were measured, for scoring. */
  readonly maps: MapResult
  readonly targets: readonly number[]
}

const clock = () => performance.now() / 1000

/** Seconds of a piece of work; repeated while that is cheap, since everything is slow at first. */
export async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const run = async () => {
    const started = clock()
    const value = await work()
    return { seconds: clock() - started, value }
  }
  let last = await run()
  for (let spent = last.seconds, i = 0; i < 3 && spent < SHORT / 8; i++, spent += last.seconds)
    last = await run()
  return last
}

function settingsOf({ engine, loaded, seed }: Study, batchSize: number) {
  return { engine, weights: loaded.weights, batchSize, seed }
}

async function measureForward(study: Study, images: ImageGroup) {
  const { engine, loaded } = study
  const predictor = await openPredictor(engine, loaded.model, loaded.weights, 1)
  try {
    return await timed(() => predictor.logits(batchOf(groupTensor(images), 0, 1)))
  } finally {
    await predictor.dispose()
  }
}

/** How much of a set of maps there is: operators, and multiply-adds in forward passes. */
function sizeOf(study: Study, traced: readonly TracedVariant[]) {
  const values = traced.map(({ map }) => map)
  const { forwards } = costOf(study.loaded.model, values)
  return { forwards, nodes: ancestors([study.loaded.model.logits, ...values]).length }
}

/** Some of the variants, from all over the list, that are opened and run in little time. */
function someOf(study: Study, all: readonly TracedVariant[], forward: number): readonly TracedVariant[] {
  for (let step = 1; step < all.length; step *= 2) {
    const some = all.filter((_, at) => at % step === 0)
    const { forwards, nodes } = sizeOf(study, some)
    if (nodes <= NODES && forwards * forward <= SHORT) return some
  }
  return all.slice(0, 1)
}

/** Seconds of one image's map: its samples are drawn, but only one batch of them is evaluated. */
async function measureSampler(study: Study, sampling: SamplingVariant, request: MapRequest): Promise<number> {
  const { engine, loaded } = study
  const sampler = study.maps.samplers.find((one) => one.sampling === sampling)
  if (!sampler) return 0
  const evaluator = createEvaluator(sampler, engine, loaded.weights, study.batchSize)
  let known: { seconds: number; value: Awaited<ReturnType<Evaluate>> } | undefined
  let [calls, outside] = [0, 0]
  const evaluate: Evaluate = async (inputs, one) => {
    calls += 1
    const before = clock()
    known ??= await timed(() => evaluator.evaluate(inputs, one))
    outside += clock() - before
    return batchOf(known.value, 0, inputs.shape[0] as number)
  }
  const started = clock()
  try {
    await sampledMap(samplingJob(sampling, request, 0, study), evaluate)
  } catch {
    // A method that throws takes no more time than until then.
  } finally {
    await evaluator.dispose()
  }
  return clock() - started - outside + calls * (known?.seconds ?? 0)
}

/**
 * Times the forward pass of one image, then opens a session of some of the variants and runs it once or a few times: a
 * batch of one image where a whole one would take long. What the others take follows from their cost.
 * @param tell says what is measured next
 */
export async function measureMaps(
  study: Study,
  group: ImageGroup,
  tell: (text: string) => void,
): Promise<MeasuredMaps> {
  const { maps: plan, batchSize, memory } = study
  tell('one image, forward')
  const { seconds: forward, value: logits } = await measureForward(study, group)
  const all = plan.set.traced
  const some = someOf(study, all, forward)
  const [whole, part] = [sizeOf(study, all), sizeOf(study, some)]
  const rows = part.forwards * forward * batchSize <= SHORT ? batchSize : 1
  const targets = Array.from({ length: group.images.length }, () => rankedClasses(logits.data)[0] as number)
  const request = {
    images: batchOf(groupTensor(group), 0, rows),
    seeds: seedsFor(targets.slice(0, 1), logits.data.length),
    ids: Array.from({ length: rows }, (_, i) => `${i}`),
    condition: 'measured',
  }
  const seeds = batchOf(request.seeds, 0, rows)
  tell(`maps of ${counted(some.length, 'variant')} out of ${all.length}, ${counted(rows, 'image')}`)
  const opening = clock()
  const session = await openMapSession(
    planMaps({ ...plan.set, traced: some, sampling: [] }, 'one-channel'),
    settingsOf(study, rows),
  )
  try {
    const opened = clock() - opening
    const { seconds, value } = await timed(() => session.maps({ ...request, seeds }))
    const open = opened * (whole.nodes / part.nodes)
    let batch = seconds * (batchSize / rows) * (whole.forwards / part.forwards)
    // Where parts are opened one after the other, each condition opens all of them.
    const opensOften = memory.isLean && plan.parts.length > 1
    if (opensOften) batch += open
    for (const sampling of plan.set.sampling) {
      tell(`${sampling.variant.id}, one image`)
      batch += batchSize * (await measureSampler(study, sampling, { ...request, seeds }))
    }
    return { forward, open: opensOften ? 0 : open, batch, maps: value, targets }
  } finally {
    await session.dispose()
  }
}
