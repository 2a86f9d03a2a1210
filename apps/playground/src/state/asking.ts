import { answers } from './answers.ts'
import { fail } from './attempt.ts'
import * as state from './state.ts'
import { type NetworkWorker, startWorker } from './worker.ts'

let worker: NetworkWorker = startWorker(answers)

/** What the worker of the network that is shown can be asked. */
export const currentWorker = () => worker.ask

/** A worker of its own for a network, or that of the network that is shown. */
export const workerFor = (isNew: boolean): NetworkWorker => (isNew ? startWorker(answers) : worker)

/** Takes another worker's network for the one that is shown, whose memory is given back. */
export function replaceWorker(next: NetworkWorker): void {
  if (next !== worker) worker.end()
  worker = next
}

/** Ends a worker that was started for nothing. */
export function dropWorker(next: NetworkWorker): void {
  if (next !== worker) next.end()
}

function chosen() {
  return { target: state.target.value, step: state.step.value, methods: [...state.shownMethods.value] }
}

/** Every map of what is chosen with all its channels, as NumPy arrays; ends what is computed. */
export function arraysNow(): Promise<ReadonlyMap<string, Uint8Array>> {
  const picture = state.pictureId.value
  if (picture === undefined) throw new Error('Choose a picture first.')
  return worker.ask.arrays({ picture, ...chosen() })
}

/** Asks for the maps of what is chosen; they come one by one, and nobody waits for the last. */
export function ask(): void {
  const picture = state.pictureId.value
  if (picture === undefined) return
  const question = { picture, ...chosen() }
  state.asked.value = question
  state.ageCards()
  worker.ask.ask(question).catch((error: unknown) => {
    if (state.asked.value === question) fail(error)
  })
}

/** Ends what is computed; maps that are there stay. */
export function cancel(): void {
  state.asked.value = undefined
  state.progress.value = undefined
  void worker.ask.stop()
}
