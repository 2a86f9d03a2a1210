import { messageOf, SaliencyError } from '@saliency/core'
import { topPredictions } from '@saliency/explain'
import type { DecodedImage } from '@saliency/images'
import { createBirpc } from 'birpc'
import {
  LARGE,
  type NetworkChoices,
  type NetworkOrigin,
  type OpenedNetwork,
  type PageFunctions,
  type PictureFacts,
  type Question,
  type WorkerFunctions,
} from '../protocol.ts'
import { answerer } from './answer.ts'
import { chooseEngine } from './engines.ts'
import { networkFacts, parametersOf } from './facts.ts'
import { type Gallery, openGallery } from './gallery.ts'
import type { JudgedStudy } from './judge.ts'
import { loadMethods } from './methods.ts'
import { type Network, openNetwork, takesSmallPictures } from './network.ts'
import { readNetwork } from './read-network.ts'
import { startThreads } from './threads.ts'

/** What the worker holds: one network and its pictures. */
interface Desk {
  readonly network: Network
  readonly gallery: Gallery
  readonly answers: ReturnType<typeof answerer>
}

const scope = globalThis as unknown as {
  postMessage(message: unknown): void
  addEventListener(name: 'message', listener: (event: MessageEvent) => void): void
}

/** Needed by whatever is asked first. */
const methods = loadMethods()

let desk: Desk | undefined
let current: Question | undefined
let stopJudging: AbortController | undefined
let judgement: JudgedStudy | undefined

/** Settles when the network that is asked for is open, or refused. */
let opening: Promise<unknown> = Promise.resolve()

async function opened(): Promise<Desk> {
  await opening.catch(() => undefined)
  if (desk) return desk
  throw new SaliencyError('INVALID_INPUT', 'Choose a network first.')
}

function judged(): JudgedStudy {
  if (judgement) return judgement
  throw new SaliencyError('INVALID_INPUT', 'Judge the maps first.')
}

function layOut(network: Network, given: readonly DecodedImage[]): Promise<PictureFacts[]> {
  const gallery = openGallery(network.preprocess, given)
  desk = { network, gallery, answers: answerer(network, gallery) }
  return gallery.shown()
}

async function openDesk(
  origin: NetworkOrigin,
  choices: NetworkChoices,
  given: readonly DecodedImage[],
): Promise<OpenedNetwork | 'elsewhere'> {
  const source = await readNetwork(origin, choices)
  const isLarge = parametersOf(source.weights) > LARGE
  if (!startThreads(!isLarge && takesSmallPictures(source))) return 'elsewhere'
  const engine = await chooseEngine(choices.engine, isLarge, await methods, page.engine)
  current = undefined
  judgement = undefined
  await desk?.network.dispose()
  desk = undefined
  const network = await openNetwork(source, engine, await methods)
  page.engine(engine.line)
  return { facts: networkFacts(network), pictures: await layOut(network, given) }
}

const functions: WorkerFunctions = {
  async open(...wanted) {
    const before = opening
    const result = before.catch(() => undefined).then(() => openDesk(...wanted))
    opening = result
    return result
  },
  async pictures(given) {
    const { network } = await opened()
    return layOut(network, given)
  },
  async predict(picture) {
    const { network: own, answers } = await opened()
    const logits = await answers.predictions(picture)
    return topPredictions(logits, own.model.head, own.classes, logits.length)
  },
  async ask(question) {
    current = question
    await (await opened()).answers.answer(question, page, () => current !== question)
  },
  async stop() {
    current = undefined
    stopJudging?.abort()
  },
  async judge(chosen, count) {
    current = undefined
    const [{ network: own, gallery }, { judgedFacts, runOn }] = await Promise.all([
      opened(),
      import('./judge.ts'),
    ])
    stopJudging = new AbortController()
    const done = await runOn(
      { network: own, gallery, methods: chosen, count },
      stopJudging.signal,
      page.judging,
    )
    judgement = done ?? judgement
    return done && judgedFacts(done)
  },
  async arrays(question) {
    current = undefined
    return (await opened()).answers.arrays(question)
  },
  report: async () => (await import('./documents.ts')).reportOf(judged()),
  run: async () => (await import('./documents.ts')).runOf(judged()),
  explained: async (chosen) => (await import('./documents.ts')).explainedOf((await opened()).network, chosen),
}

/** A person reads a sentence; what is no error of this product's is a fault in it. */
function sentences<F extends object>(all: F): F {
  const wrapped = Object.entries(all).map(([name, call]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return (await (call as (...given: unknown[]) => unknown)(...args)) as unknown
      } catch (error) {
        throw new Error(messageOf(error), { cause: SaliencyError.is(error) ? error.code : 'internal' })
      }
    },
  ])
  return Object.fromEntries(wrapped) as F
}

const page = createBirpc<PageFunctions, WorkerFunctions>(sentences(functions), {
  post: (message) => scope.postMessage(message),
  on: (listener) => scope.addEventListener('message', ({ data }) => listener(data)),
  eventNames: ['map', 'chance', 'progress', 'engine', 'judging'],
  timeout: -1,
})
