import { type Engine, messageOf, SaliencyError } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { topPredictions } from '@saliency/explain'
import { createBirpc } from 'birpc'
import type { PageFunctions, Question, WorkerFunctions } from '../protocol.ts'
import { answerer } from './answer.ts'
import { networkFacts } from './facts.ts'
import { type Gallery, openGallery } from './gallery.ts'
import { judgedFacts, type JudgedStudy, runOn } from './judge.ts'
import { loadMethods } from './methods.ts'
import { type Network, openNetwork } from './network.ts'
import { readNetwork } from './read-network.ts'
import { threads } from './threads.ts'

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

/** Both are needed by whatever is asked first. */
const engine: Promise<Engine> = openOnnxRuntime({ backend: 'wasm', threads })
const methods = loadMethods()

let network: Network | undefined
let desk: Desk | undefined
let current: Question | undefined
let stopJudging: AbortController | undefined
let judgement: JudgedStudy | undefined

function opened(): Desk {
  if (desk) return desk
  throw new SaliencyError('INVALID_INPUT', 'Choose a network first.')
}

function judged(): JudgedStudy {
  if (judgement) return judgement
  throw new SaliencyError('INVALID_INPUT', 'Judge the maps first.')
}

const functions: WorkerFunctions = {
  async open(origin, preprocess) {
    const source = await readNetwork(origin, preprocess)
    current = undefined
    desk = undefined
    judgement = undefined
    await network?.dispose()
    network = await openNetwork(source, await engine, await methods)
    return networkFacts(network)
  },
  async pictures(given) {
    if (!network) throw new SaliencyError('INVALID_INPUT', 'Choose a network first.')
    const gallery = openGallery(network.preprocess, given)
    desk = { network, gallery, answers: answerer(network, gallery) }
    return gallery.shown()
  },
  async predict(picture) {
    const { network: own, answers } = opened()
    const logits = await answers.predictions(picture)
    return topPredictions(logits, own.model.head, own.classes, logits.length)
  },
  async ask(question) {
    current = question
    await opened().answers.answer(question, page, () => current !== question)
  },
  async stop() {
    current = undefined
    stopJudging?.abort()
  },
  async judge(chosen, count) {
    current = undefined
    const { network: own, gallery } = opened()
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
    return opened().answers.arrays(question)
  },
  report: async () => (await import('./documents.ts')).reportOf(judged()),
  run: async () => (await import('./documents.ts')).runOf(judged()),
  explained: async (chosen) => (await import('./documents.ts')).explainedOf(opened().network, chosen),
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
  eventNames: ['map', 'chance', 'progress', 'judging'],
  timeout: -1,
})
