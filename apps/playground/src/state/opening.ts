import { batch } from '@preact/signals'
import {
  LARGE,
  type NetworkChoices,
  type NetworkFacts,
  type NetworkOrigin,
  type OpenedNetwork,
} from '../protocol.ts'
import { ask, dropWorker, replaceWorker, workerFor } from './asking.ts'
import { attempt } from './attempt.ts'
import {
  pictureAmong,
  quickMethods,
  showMethods,
  showPicture,
  showPredictions,
  type Wanted,
} from './showing.ts'
import * as state from './state.ts'
import { judged } from './verdict.ts'

/** Reads a network and shows it; the one before stays until this one is read, and then gives its memory back. */
async function open(origin: NetworkOrigin, choices: NetworkChoices, wanted: Wanted = {}): Promise<void> {
  const isLarge = (state.network.value?.parameters ?? 0) > LARGE
  let next = workerFor(isLarge)
  try {
    const wish = [origin, choices, state.given.value] as const
    let opened = await next.ask.open(...wish)
    if (opened === 'elsewhere') {
      next = workerFor(true)
      opened = await next.ask.open(...wish)
    }
    if (opened === 'elsewhere') throw new Error('internal: a new worker has any number of threads')
    const clicked = state.wantedPicture.value
    const id = pictureAmong(opened.pictures, wanted.picture, clicked)
    const found = await next.ask.predict(id)
    replaceWorker(next)
    // All at once: what is half of one network and half of another has no address.
    batch(() => {
      showNetwork(origin, choices, opened)
      if (wanted.methods) showMethods(wanted.methods)
      showPredictions(id, found, wanted)
    })
    const last = state.wantedPicture.value
    if (last !== undefined && last !== clicked) return await showPicture(last)
    state.wantedPicture.value = id
  } catch (error) {
    dropWorker(next)
    throw error
  }
  ask()
}

/** Methods whose maps need few passes, without those that were hidden before. */
function methodsFor(facts: NetworkFacts): string[] {
  const before = state.network.value?.families ?? []
  const isHidden = (method: string) =>
    before.some((family) => family.method === method) && !state.shownMethods.value.has(method)
  return quickMethods(facts).filter((method) => !isHidden(method))
}

function showNetwork(
  origin: NetworkOrigin,
  choices: NetworkChoices,
  { facts, pictures }: OpenedNetwork,
): void {
  // With one output chosen, a file is read along that one alone.
  const outputs = choices.output === undefined ? facts.outputs : state.network.value?.outputs
  const isSame = origin === state.origin.value
  if (!isSame) state.shownMethods.value = new Set(methodsFor(facts))
  state.choices.value = choices
  state.asked.value = undefined
  state.clearCards()
  judged.value = undefined
  state.origin.value = origin
  state.network.value = {
    ...facts,
    outputs: { ...facts.outputs, ...(outputs && { names: outputs.names }) },
  }
  state.pictures.value = pictures
}

/** Opens a network of the page, or one that a person brought; of what was chosen for the one before, the engine stays. */
export function chooseNetwork(
  origin: NetworkOrigin,
  choices: NetworkChoices = { engine: state.choices.value.engine },
  wanted: Wanted = {},
): Promise<boolean> {
  return attempt('Reading the network', () => open(origin, choices, wanted))
}

/** What differs from the predicted class under trained weights. */
function changeNow(): Wanted {
  if (state.change.value === 'parameters') return { step: state.step.value }
  return state.change.value === 'class' ? { target: state.target.value } : {}
}

/** Reads the network again, with something chosen otherwise. */
export async function choose(changed: Partial<NetworkChoices>): Promise<void> {
  const isDone = await attempt('Reading the network again', async () => {
    const [origin, before] = [state.origin.value, state.choices.value]
    const isSame = changed.output === undefined || changed.output === before.output
    if (origin) await open(origin, { ...before, ...changed }, isSame ? changeNow() : {})
  })
  if (isDone) return
  // What was refused still stands in its field: both are drawn anew with what holds.
  batch(() => {
    state.choices.value = { ...state.choices.value }
    state.network.value = state.network.value && { ...state.network.value }
  })
}
