import { messageOf } from '@saliency/core'
import { describeMachine } from '@saliency/study/node'
import { openEngine } from '@saliency/toolkit'
import { createRegistry, discoverPlugins } from '@saliency/toolkit/project'
import { dependencyManifest } from '@saliency/toolkit/start'
import { FAST_ENGINE } from '@saliency/toolkit/steps'
import { exitCodes } from '../exit-codes.ts'
import { own } from './own.ts'
import { type Terminal, warn } from './terminal.ts'

/** An engine, and what came of opening it. */
interface EngineFound {
  readonly name: string
  readonly works: boolean
  readonly detail: string
}

async function tryEngine(name: string): Promise<EngineFound> {
  try {
    const { description } = await openEngine(name, () => undefined)
    return { name, works: true, detail: description }
  } catch (error) {
    return { name, works: false, detail: messageOf(error) }
  }
}

const FASTEST = 'onnxruntime-node'

/** What is installed here, and what of it works. */
async function findInstallation() {
  const engines: EngineFound[] = []
  for (const name of [FASTEST, 'onnxruntime-web', 'tfjs']) engines.push(await tryEngine(name))
  const { description, available } = describeMachine()
  const { records, methods, checks } = createRegistry(await discoverPlugins())
  return {
    format: 1,
    saliency: own?.manifest.version ?? '',
    core: dependencyManifest('@saliency/core', own?.folder ?? '')?.manifest.version ?? '',
    node: process.version,
    machine: description,
    availableBytes: available,
    engines,
    methods: methods.length,
    checks: checks.length,
    unusable: records
      .filter(({ status }) => status !== 'ok' && status !== 'shadowed')
      .map(({ package: name, reason = '' }) => ({ name, reason })),
  }
}

/** `saliency doctor`: 0 where the fast engine and every plugin work, 1 where something is missing, 2 without any engine. */
export async function examineInstallation(isJson: boolean, terminal: Terminal): Promise<number> {
  const found = await findInstallation()
  const { engines, unusable } = found
  if (isJson) terminal.out(JSON.stringify(found, undefined, 2))
  else {
    terminal.out(`saliency ${found.saliency}, core ${found.core}, Node ${found.node}`)
    terminal.out(
      `machine: ${found.machine}; ${(found.availableBytes / 2 ** 30).toFixed(1)} GiB of memory can be had`,
    )
    for (const { name, works, detail } of engines)
      terminal.out(`engine ${name}: ${works ? 'works' : 'does not work'}: ${detail}`)
    terminal.out(`plugins: ${found.methods} methods and ${found.checks} checks can be used`)
  }
  for (const { name, reason } of unusable) warn(terminal, `${name} cannot be used: ${reason}`)
  const isFast = engines.some(({ name, works }) => works && name === FASTEST)
  if (!isFast) warn(terminal, `the fast engine is missing. To have it: ${FAST_ENGINE}`)
  if (!engines.some(({ works }) => works)) return exitCodes.badInput
  return isFast && unusable.length === 0 ? exitCodes.ok : exitCodes.someFailed
}
