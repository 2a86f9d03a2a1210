import { type Engine, tensor } from '@saliency/core'
import { openPredictor, type Predictor, topPredictions } from '@saliency/explain'
import type { ImageSet } from '@saliency/images'
import type { RunnerModel } from '../models.ts'
import { orderShown, type Pair, rightIn } from './class-order.ts'
import type { Proposal } from './proposals.ts'

/** What a model says of one image: its likeliest classes. */
export interface Prediction {
  readonly image: string
  readonly best: readonly { readonly index: number; readonly name: string; readonly probability: number }[]
}

/** How a model does with one preprocessing. */
export interface Trial {
  readonly proposal: Proposal
  /** Images whose class is predicted, of those whose class is known. */
  readonly right: number
  readonly labelled: number
  /** Mean probability of the predicted class. */
  readonly confidence: number
  /** The order of the classes that the predictions show, where the model has no names for them. */
  readonly order?: readonly number[]
  readonly predictions: readonly Prediction[]
}

/** Images that are tried: enough to tell one preprocessing from another. */
const TRIED = 32

/** Images with a label first: they alone can tell what is right. */
function placesOf({ images }: ImageSet): number[] {
  const isLabelled = (place: number) => images[place]?.label !== undefined
  const places = [...images.keys()]
  return [...places.filter(isLabelled), ...places.filter((place) => !isLabelled(place))].slice(0, TRIED)
}

/** Predicts some images with one preprocessing. Images that cannot be read are left out. */
async function tryOne(
  { model, classes }: RunnerModel,
  proposal: Proposal,
  set: ImageSet,
  predictor: Predictor,
): Promise<Trial> {
  const pairs: Pair[] = []
  const predictions: Prediction[] = []
  for (const place of placesOf(set)) {
    const loaded = await set.load(place, proposal.preprocess).catch(() => undefined)
    if (!loaded) continue
    const { data: logits } = await predictor.logits(tensor(loaded.input.data, loaded.input.shape))
    const best = topPredictions(logits, model.head, classes).slice(0, 3)
    const { id, label } = loaded.record
    if (label !== undefined && best[0]) pairs.push([label, best[0].index])
    predictions.push({ image: id, best })
  }
  const order = classes ? undefined : orderShown(pairs, Number(model.logits.shape[1]))
  const sure = predictions.reduce((sum, { best }) => sum + (best[0]?.probability ?? 0), 0)
  return {
    proposal,
    right: rightIn(pairs, order),
    labelled: pairs.length,
    confidence: sure / predictions.length,
    predictions,
    ...(order && { order }),
  }
}

/** How a model does with each preprocessing. */
export async function tryProposals(
  model: RunnerModel,
  proposals: readonly Proposal[],
  set: ImageSet,
  engine: Engine,
): Promise<Trial[]> {
  const predictor = await openPredictor(engine, model.model, model.weights, 1)
  const trials: Trial[] = []
  try {
    for (const proposal of proposals) trials.push(await tryOne(model, proposal, set, predictor))
  } finally {
    await predictor.dispose()
  }
  return trials
}

/**
 * The trial with the most images right, where that is half of them or more: less says nothing. Else the first, which is the
 * most usual one.
 */
export function bestOf(trials: readonly Trial[]): Trial | undefined {
  const [first] = trials
  const most = trials.toSorted((a, b) => b.right - a.right)[0]
  return most && most.right > 0 && 2 * most.right >= most.labelled ? most : first
}
