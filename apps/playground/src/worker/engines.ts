import { counted, type Engine, messageOf, type Method, type Session } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import type { EngineChoice } from '../protocol.ts'
import { threadCount, threads } from './threads.ts'
import { differenceOf } from './trial.ts'

/** An engine, and what the page says of it. */
export interface ChosenEngine {
  readonly engine: Engine
  /** Where it computes, and why not elsewhere. */
  readonly line: string
  /** Opening a graph for other weights, or for more pictures at once, costs nothing. */
  readonly isShared: boolean
}

/** What of WebGPU this file needs; TypeScript's own library does not have it yet. */
interface Gpu {
  requestAdapter(): Promise<{
    readonly info?: {
      readonly architecture?: string
      readonly vendor?: string
      readonly isFallbackAdapter?: boolean
    }
  } | null>
}

const wasm = once(() => openOnnxRuntime({ backend: 'wasm', threads: threadCount() }))
/** For networks whose graphs take longer to open than to run: weights drawn anew open nothing. */
const wasmWithoutWeights = once(() =>
  openOnnxRuntime({ backend: 'wasm', threads: threadCount(), feedsWeights: true }),
)

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

function wasmLine(version: string, why = ''): string {
  const alone = globalThis.crossOriginIsolated
    ? ''
    : ', since the host sends no headers that isolate the page (COOP and COEP)'
  const few = threadCount() < threads ? ', which is faster for a small network' : ''
  return `WebAssembly (ONNX Runtime ${version}), ${counted(threadCount(), 'thread')}${few}${alone}${why}`
}

/** The graphics card that WebGPU would compute on, or why there is none. */
async function findCard(): Promise<{ name: string; isSoftware: boolean } | string> {
  const { gpu } = navigator as { gpu?: Gpu }
  if (!gpu) return 'this browser has no WebGPU'
  const adapter = await gpu.requestAdapter().catch(messageOf)
  if (typeof adapter === 'string') return `WebGPU gives no graphics card (${adapter})`
  if (!adapter) return 'WebGPU finds no graphics card'
  const { architecture = '', vendor = '', isFallbackAdapter = false } = adapter.info ?? {}
  const name = `${vendor} ${architecture}`.trim() || 'graphics card'
  return { name, isSoftware: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/.test(architecture) }
}

/** Plans that the graphics card cannot open, or fails to run, run in WebAssembly; the page is told how many. */
function withFallback(card: Engine, onFail: (why: string) => void): Engine {
  return {
    ...card,
    async open(plan, weights) {
      const instead = async (error: unknown): Promise<Session> => {
        onFail(messageOf(error))
        return (await wasm()).open(plan, weights)
      }
      let isFallen = false
      let session = await card.open(plan, weights).catch((error: unknown) => {
        isFallen = true
        return instead(error)
      })
      return {
        async run(feeds) {
          try {
            return await session.run(feeds)
          } catch (error) {
            if (isFallen) throw error
            isFallen = true
            await session.dispose().catch(() => undefined)
            session = await instead(error)
            return session.run(feeds)
          }
        },
        dispose: () => session.dispose(),
      }
    },
  }
}

/** The graphics card as an engine, tried on a small network; a sentence where it cannot be trusted. */
async function openCard(methods: readonly Method[]): Promise<Engine | string> {
  try {
    const card = await openOnnxRuntime({ backend: 'webgpu', threads })
    return (await differenceOf(card, await wasm(), methods)) ?? card
  } catch (error) {
    return `WebGPU fails on a small network (${messageOf(error)})`
  }
}

let tried: Promise<Engine | string> | undefined

/**
 * Opens the engine that a person chose. `auto` takes the graphics card for large networks: small ones are answered in
 * WebAssembly before a card has translated their operators.
 * @param tell is told anew where it computes once a graph cannot be computed there
 */
export async function chooseEngine(
  choice: EngineChoice,
  isLarge: boolean,
  methods: readonly Method[],
  tell: (line: string) => void,
): Promise<ChosenEngine> {
  const engine = await (isLarge ? wasm() : wasmWithoutWeights())
  const inWasm = (why: string): ChosenEngine => ({
    engine,
    line: wasmLine(engine.version, why),
    isShared: !isLarge,
  })
  if (choice === 'wasm') return inWasm('')
  if (choice === 'auto' && !isLarge) return inWasm('')
  const found = await findCard()
  if (typeof found === 'string') return inWasm(`; ${found}`)
  if (choice === 'auto' && found.isSoftware)
    return inWasm('; WebGPU here is a program without a graphics card, which is slower')
  const card = await (tried ??= openCard(methods))
  if (typeof card === 'string') return inWasm(`; not on WebGPU, since ${card}`)
  const line = `WebGPU (ONNX Runtime ${card.version}, ${found.name}); its maps of a small network equal WebAssembly's`
  // The first reason is told: after a graph that it could not open, ONNX Runtime opens no further one on the card.
  const fallen: string[] = []
  const count = (why: string) => {
    fallen.push(why)
    tell(`${line}. ${counted(fallen.length, 'graph')} that it cannot compute, in WebAssembly: ${fallen[0]}`)
  }
  return { engine: withFallback(card, count), line, isShared: false }
}
