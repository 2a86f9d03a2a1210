import { counted } from '@saliency/core'
import { type Run, unitsByRounding } from '@saliency/study'
import { readMachines } from '@saliency/study/node'

/** Units that a sentence names. */
const NAMED = 5

/** Kinds of machines that computed the rows of a run, by how they round. */
interface MachineKind {
  readonly rounding: string
  /** Hosts and processors, as far as the run folder names them. */
  readonly machines: readonly string[]
  readonly units: readonly string[]
}

/** The kinds of machines that computed a run's rows; units of earlier versions do not say it. */
function machineKinds({ finished, store }: Run): readonly MachineKind[] {
  const known = store.folder === undefined ? [] : readMachines(store.folder)
  return [...unitsByRounding(finished)].map(([rounding, units]) => {
    const own = known.filter((one) => one.rounding === rounding)
    return { rounding, units, machines: own.map(({ host, machine }) => `${host}: ${machine}`) }
  })
}

function named({ machines, rounding, units }: MachineKind): string {
  const more = units.length > NAMED ? ', …' : ''
  return `${machines.join('; ') || rounding}: ${counted(units.length, 'unit')} (${units.slice(0, NAMED).join(', ')}${more})`
}

/** What a reader should know of the machines behind a run's rows; nothing where they all round alike, or units do not say it. */
export function machinesNotice(run: Run): string | undefined {
  const kinds = machineKinds(run)
  if (kinds.length < 2) return undefined
  return `Rows come from ${kinds.length} kinds of machines that round differently, so that numbers differ in their last digits, and ranks may: ${kinds.map(named).join('; ')}. \`saliency run --same-bits\` refuses all but the first kind.`
}
