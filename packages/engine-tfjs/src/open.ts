import {
  type Engine,
  imageByImage,
  messageOf,
  type Plan,
  SaliencyError,
  type Session,
  type Weights,
} from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import type { BackendName } from './backends/backend.ts'
import { isNode, loadBackend, type BackendSettings } from './backends/load.ts'
import { isOutOfMemory } from './errors.ts'
import { openSession } from './session.ts'

/** How the engine runs. */
export interface TfjsSettings extends BackendSettings {
  /** Default `auto`: the fastest that can be loaded here. */
  readonly backend?: BackendName | 'auto'
  /** Takes a line whenever `auto` passes over a backend. */
  readonly log?: (line: string) => void
}

const names: readonly BackendName[] = ['tensorflow', 'wasm', 'cpu', 'webgpu', 'webgl']

/** In order of speed. */
const candidates = (): readonly BackendName[] =>
  isNode ? ['tensorflow', 'wasm', 'cpu'] : ['webgpu', 'webgl', 'wasm', 'cpu']

interface Choice {
  readonly name: BackendName
  /** Why the faster ones were not taken. */
  readonly passed: readonly string[]
}

/** The first candidate that loads. */
async function choose(
  from: readonly BackendName[],
  options: TfjsSettings,
  passed: readonly string[] = [],
): Promise<Choice> {
  const [name, ...rest] = from
  if (!name) throw new SaliencyError('ENGINE', `No TensorFlow.js backend can be used. ${passed.join(' ')}`)
  try {
    await loadBackend(name, options)
    return { name, passed }
  } catch (error) {
    if (rest.length === 0 || (options.backend !== undefined && options.backend !== 'auto')) throw error
    options.log?.(`${messageOf(error)} Trying '${rest[0]}'.`)
    return choose(rest, options, [...passed, messageOf(error)])
  }
}

/** Opens the plan again on the next backend when one runs out of memory. */
function withFallback(plan: Plan, weights: Weights, choice: Choice, options: TfjsSettings): Session {
  let name = choice.name
  let session = openSession(plan, weights, name)
  return {
    async run(feeds) {
      try {
        return await session.run(feeds)
      } catch (error) {
        const rest = candidates().slice(candidates().indexOf(name) + 1)
        if (!(error instanceof Error && isOutOfMemory(error.cause)) || rest.length === 0) throw error
        options.log?.(`${messageOf(error)} Going on with '${rest[0]}'.`)
        await session.dispose()
        name = (await choose(rest, options)).name
        session = openSession(plan, weights, name)
        return session.run(feeds)
      }
    },
    dispose: () => session.dispose(),
  }
}

function describe({ name, passed }: Choice, isAuto: boolean): string {
  const why = isAuto ? ` (auto: ${passed.length > 0 ? passed.join(' ') : 'the fastest here'})` : ''
  return `TensorFlow.js ${tf.version.tfjs} on its ${name} backend${why}`
}

/**
 * Opens TensorFlow.js as an engine, inside the program's own TensorFlow.js runtime: the backend that
 * was in use stays in use outside of it.
 * @throws ENGINE when the backend cannot be loaded; `auto` takes the next one and says so.
 */
export async function openTfjs(options: TfjsSettings = {}): Promise<Engine> {
  const { backend = 'auto' } = options
  const isAuto = backend === 'auto'
  if (!isAuto && !names.includes(backend)) {
    throw new SaliencyError(
      'INVALID_OPTION',
      `There is no TensorFlow.js backend '${String(backend)}'; there are ${names.join(', ')} and auto.`,
    )
  }
  const choice = await choose(isAuto ? candidates() : [backend], options)
  return {
    id: `tfjs-${choice.name}`,
    description: describe(choice, isAuto),
    version: tf.version.tfjs,
    open: async (plan, weights) =>
      imageByImage(
        plan,
        isAuto ? withFallback(plan, weights, choice, options) : openSession(plan, weights, choice.name),
      ),
  }
}
