import { batch } from '@preact/signals'
import type { NetworkFacts, PictureFacts, Prediction } from '../protocol.ts'
import { ask, currentWorker } from './asking.ts'
import * as state from './state.ts'

/** What is asked of a network, where it is not what goes without saying. */
export interface Wanted {
  readonly picture?: string
  readonly target?: number
  readonly step?: number
  /** Methods whose maps are shown; `quick` are those that need few passes a map. */
  readonly methods?: readonly string[] | 'quick'
}

/** The first of some pictures that is there, else the first of all. */
export function pictureAmong(pictures: readonly PictureFacts[], ...wanted: (string | undefined)[]): string {
  const found = wanted.find((id) => pictures.some((one) => one.id === id))
  return found ?? pictures[0]?.id ?? ''
}

/** What is explained of a picture: the predicted class under trained weights, where nothing else is wanted. */
export function showPredictions(
  id: string,
  found: readonly Prediction[],
  { target, step = 0 }: Wanted,
): void {
  const isStep = step > 0 && step <= (state.network.value?.steps.length ?? 0)
  const isClass = !isStep && found.some(({ index }) => index === target)
  state.pictureId.value = id
  state.predictions.value = found
  state.target.value = (isClass ? target : found[0]?.index) ?? 0
  state.step.value = isStep ? step : 0
}

/** Shows a picture, once its predictions are there. */
export async function showPicture(id: string, wanted: Wanted = {}): Promise<void> {
  state.wantedPicture.value = id
  const found = await currentWorker().predict(id)
  if (state.wantedPicture.value !== id) return
  batch(() => showPredictions(id, found, wanted))
  ask()
}

/** Methods whose maps need few passes: they are shown of themselves. */
export const quickMethods = (facts: NetworkFacts | undefined): string[] =>
  (facts?.families ?? []).filter(({ isSampling }) => !isSampling).map(({ method }) => method)

/** Shows the maps of some methods, those that the network has. */
export function showMethods(wanted: readonly string[] | 'quick'): void {
  const methods = wanted === 'quick' ? quickMethods(state.network.value) : wanted
  const known = (state.network.value?.families ?? []).filter(({ method }) => methods.includes(method))
  state.shownMethods.value = new Set(known.map(({ method }) => method))
}
