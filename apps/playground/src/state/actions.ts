import { batch } from '@preact/signals'
import type { DemoName, PageFunctions, Question } from '../protocol.ts'
import {
  ageCards,
  cardOf,
  clearCards,
  network,
  pictureId,
  pictures,
  predictions,
  problem,
  progress,
  shownMethods,
  step,
  target,
} from './state.ts'
import { startWorker } from './worker.ts'

let asked: Question | undefined

const isAsked = (question: Question) => JSON.stringify(question) === JSON.stringify(asked)

const functions: PageFunctions = {
  map(question, facts) {
    if (!isAsked(question)) return
    const { chance } = cardOf(facts.id).value
    const kept = asked?.step === 0 && chance !== undefined && facts.same !== undefined ? { chance } : {}
    cardOf(facts.id).value = { ...kept, ...facts, isOld: false }
  },
  chance(question, id, chance) {
    if (!isAsked(question)) return
    const card = cardOf(id)
    card.value = { ...card.value, chance }
  },
  progress(question, text, done, all) {
    if (isAsked(question)) progress.value = { text, done, all }
  },
}

const worker = startWorker(functions)

/** Runs something, and says what went wrong. */
async function attempt(what: string, run: () => Promise<void>): Promise<void> {
  problem.value = undefined
  progress.value = { text: what, done: 0, all: 1 }
  try {
    await run()
  } catch (error) {
    batch(() => {
      problem.value = error instanceof Error ? error.message : String(error)
      progress.value = undefined
    })
  }
}

/** Asks for the maps of what is chosen. */
async function ask(): Promise<void> {
  const picture = pictureId.value
  if (picture === undefined) return
  asked = { picture, target: target.value, step: step.value, methods: [...shownMethods.value] }
  ageCards()
  await worker.ask(asked)
}

/** Opens a network of the page. */
export function chooseDemo(name: DemoName): Promise<void> {
  return attempt('Opening the network', async () => {
    asked = undefined
    const facts = await worker.openDemo(name)
    const shown = await worker.pictures()
    batch(() => {
      clearCards()
      network.value = facts
      shownMethods.value = new Set(
        facts.families.filter(({ isSampling }) => !isSampling).map(({ method }) => method),
      )
      pictures.value = shown
    })
    await showPicture(shown[0]?.id ?? '')
  })
}

async function showPicture(id: string): Promise<void> {
  const found = await worker.predict(id)
  batch(() => {
    pictureId.value = id
    predictions.value = found
    target.value = found[0]?.index ?? 0
    step.value = 0
  })
  await ask()
}

/** Shows another picture, and explains its predicted class. */
export function choosePicture(id: string): Promise<void> {
  return attempt('Predicting', () => showPicture(id))
}

/** Explains another class, under trained weights. */
export function chooseClass(index: number): Promise<void> {
  return attempt('Explaining another class', async () => {
    batch(() => {
      target.value = index
      step.value = 0
    })
    await ask()
  })
}

/** Draws so many blocks anew, and explains the predicted class. */
export function chooseStep(count: number): Promise<void> {
  return attempt('Drawing weights anew', async () => {
    batch(() => {
      step.value = count
      target.value = predictions.value[0]?.index ?? 0
    })
    await ask()
  })
}

/** Shows or hides the maps of a method. */
export function toggleMethod(method: string): Promise<void> {
  const next = new Set(shownMethods.value)
  if (!next.delete(method)) next.add(method)
  shownMethods.value = next
  return attempt('Explaining', ask)
}

/** Ends what is computed; maps that are there stay. */
export function cancel(): void {
  asked = undefined
  progress.value = undefined
  void worker.stop()
}
