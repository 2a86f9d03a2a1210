import { batch } from '@preact/signals'
import {
  LARGE,
  type NetworkChoices,
  type NetworkFacts,
  type NetworkOrigin,
  type PictureFacts,
} from '../protocol.ts'
import { answers } from './answers.ts'
import { attempt, fail } from './attempt.ts'
import * as state from './state.ts'
import { judged } from './verdict.ts'
import { type NetworkWorker, startWorker } from './worker.ts'

let worker: NetworkWorker = startWorker(answers)

/** What the worker of the network that is shown can be asked. */
export const currentWorker = () => worker.ask

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
function ask(): void {
  const picture = state.pictureId.value
  if (picture === undefined) return
  const question = { picture, ...chosen() }
  state.asked.value = question
  state.ageCards()
  worker.ask.ask(question).catch((error: unknown) => {
    if (state.asked.value === question) fail(error)
  })
}

/** Reads a network and shows it; the one before stays until this one is read, and then gives its memory back. */
async function open(origin: NetworkOrigin, choices: NetworkChoices): Promise<void> {
  const isLarge = (state.network.value?.parameters ?? 0) > LARGE
  const isSame = origin === state.origin.value && choices.output === state.choices.value.output
  const next = isLarge ? startWorker(answers) : worker
  try {
    const { facts, pictures } = await next.ask.open(origin, choices, state.given.value)
    if (next !== worker) worker.end()
    worker = next
    showNetwork(origin, choices, facts, pictures)
  } catch (error) {
    if (next !== worker) next.end()
    throw error
  }
  const isThere = state.pictures.value.some(({ id }) => id === wantedPicture)
  const target = isSame && state.change.value === 'class' ? state.target.value : undefined
  await showPicture((isThere ? wantedPicture : state.pictures.value[0]?.id) ?? '', target)
}

function showNetwork(
  origin: NetworkOrigin,
  choices: NetworkChoices,
  facts: NetworkFacts,
  shown: readonly PictureFacts[],
): void {
  // With one output chosen, a file is read along that one alone.
  const outputs = choices.output === undefined ? facts.outputs : state.network.value?.outputs
  const isSame = origin === state.origin.value
  batch(() => {
    state.choices.value = choices
    state.asked.value = undefined
    state.clearCards()
    judged.value = undefined
    state.origin.value = origin
    state.network.value = {
      ...facts,
      outputs: { ...facts.outputs, ...(outputs && { names: outputs.names }) },
    }
    const quick = facts.families.filter(({ isSampling }) => !isSampling)
    if (!isSame) state.shownMethods.value = new Set(quick.map(({ method }) => method))
    state.pictures.value = shown
  })
}

/** Opens a network of the page, or one that a person brought; of what was chosen for the one before, the engine stays. */
export function chooseNetwork(origin: NetworkOrigin): Promise<boolean> {
  const { engine } = state.choices.value
  return attempt('Reading the network', () => open(origin, { engine }))
}

/** Reads the network again, with something chosen otherwise. */
export async function choose(changed: Partial<NetworkChoices>): Promise<void> {
  const isDone = await attempt('Reading the network again', async () => {
    if (state.origin.value) await open(state.origin.value, { ...state.choices.value, ...changed })
  })
  if (isDone) return
  // What was refused still stands in its field: both are drawn anew with what holds.
  batch(() => {
    state.choices.value = { ...state.choices.value }
    state.network.value = state.network.value && { ...state.network.value }
  })
}

/** The picture that was clicked last: it may be while a network or another picture is on its way. */
let wantedPicture: string | undefined

/** @param target the class to explain; absent: the predicted one */
async function showPicture(id: string, target?: number): Promise<void> {
  wantedPicture = id
  const found = await worker.ask.predict(id)
  if (wantedPicture !== id) return
  batch(() => {
    state.pictureId.value = id
    state.predictions.value = found
    state.target.value = target ?? found[0]?.index ?? 0
    state.step.value = 0
  })
  ask()
}

/** Shows another picture, and explains its predicted class. */
export function choosePicture(id: string): Promise<boolean> {
  return attempt('Predicting', () => showPicture(id))
}

/** Takes pictures in that a person brought, and shows the first of them. */
export function showGiven(first: string): Promise<boolean> {
  return attempt('Preparing pictures', async () => {
    state.pictures.value = await worker.ask.pictures(state.given.value)
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

/** Ends what is computed; maps that are there stay. */
export function cancel(): void {
  state.asked.value = undefined
  state.progress.value = undefined
  void worker.ask.stop()
}
