import { batch } from '@preact/signals'
import { ask, currentWorker } from './asking.ts'
import { attempt } from './attempt.ts'
import { pictureAmong, showMethods, showPicture, type Wanted } from './showing.ts'
import * as state from './state.ts'

/** Shows another picture, and explains its predicted class. */
export function choosePicture(id: string): Promise<boolean> {
  return attempt('Predicting', () => showPicture(id))
}

/** Shows what was asked of this network before. */
export function showAgain(wanted: Wanted): Promise<boolean> {
  return attempt('Predicting', () => {
    showMethods(wanted.methods ?? 'quick')
    return showPicture(pictureAmong(state.pictures.value, wanted.picture), wanted)
  })
}

/** Takes pictures in that a person brought, and shows the first of them. */
export function showGiven(first: string): Promise<boolean> {
  return attempt('Preparing pictures', async () => {
    state.pictures.value = await currentWorker().pictures(state.given.value)
    await showPicture(first)
  })
}

/** Explains another class, under trained weights. */
export function chooseClass(index: number): Promise<boolean> {
  return attempt('Explaining another class', async () => {
    batch(() => {
      state.target.value = index
      state.step.value = 0
    })
    ask()
  })
}

/** Draws so many blocks anew, and explains the predicted class. */
export function chooseStep(count: number): Promise<boolean> {
  return attempt('Drawing weights anew', async () => {
    batch(() => {
      state.step.value = count
      state.target.value = state.predicted.value
    })
    ask()
  })
}

/** Shows or hides the maps of a method. */
export function toggleMethod(method: string): Promise<boolean> {
  const next = new Set(state.shownMethods.value)
  if (!next.delete(method)) next.add(method)
  state.shownMethods.value = next
  return attempt('Explaining', async () => ask())
}
