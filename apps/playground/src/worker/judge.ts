import checks, { classSensitivity, parameterRandomization } from '@saliency/sanity'
import {
  type Judgement,
  judgeStudy,
  memoryStore,
  openRun,
  planStudy,
  type Run,
  runStudy,
  type RunStore,
} from '@saliency/study'
import type { AxisVerdict, Judged } from '../protocol.ts'
import type { Gallery } from './gallery.ts'
import { type Network, selectionsOf } from './network.ts'

/** What is judged. */
interface StudyOn {
  readonly network: Network
  readonly gallery: Gallery
  readonly methods: readonly string[]
  readonly count: number
}

/** A judged study, and what it is about. */
export interface JudgedStudy extends Judgement {
  readonly run: Run
  /** How many pictures. */
  readonly count: number
}

/** Both axes, as the command's demo judges them. */
const chosenChecks = [
  { check: classSensitivity, options: { similarities: 'spearman' } },
  { check: parameterRandomization, options: { similarities: 'spearman', draws: 5, steps: 3 } },
]

/** Runs that were stopped go on; a run is its network, methods and pictures. */
const stores = new WeakMap<Network, Map<string, RunStore>>()

function storeOf({ network }: StudyOn, run: string): RunStore {
  const own = stores.get(network) ?? new Map<string, RunStore>()
  stores.set(network, own)
  const store = own.get(run) ?? memoryStore()
  own.set(run, store)
  return store
}

/** Runs a study, or goes on with it, and judges it; nothing where it was stopped. */
export async function runOn(
  on: StudyOn,
  signal: AbortSignal,
  tell: (done: number, all: number) => void,
): Promise<JudgedStudy | undefined> {
  const { network, gallery, methods, count } = on
  const { model, weights, preprocess, classes, engine } = network
  const chosen = network.methods.filter(({ id }) => methods.includes(id))
  const planned = await planStudy({
    model: { model, weights, preprocess, ...(classes.length > 0 && { classes }) },
    images: gallery.study(count),
    methods: selectionsOf(chosen, network.layer),
    known: network.methods,
    checks: chosenChecks,
    engine,
  })
  const store = storeOf(on, planned.record.run)
  const { interrupted } = await runStudy(
    { ...planned, store },
    {
      signal,
      events(pending) {
        const all = pending.reduce((sum, { from, to }) => sum + to - from, 0)
        let done = 0
        tell(done, all)
        return { group: () => tell(++done, all) }
      },
    },
  )
  if (interrupted) return undefined
  const run = await openRun(store)
  return { run, count: planned.record.identity.images.count, ...(await judgeStudy(run, { checks })) }
}

/** The verdicts as the page shows them: a row a variant, a column a check. */
export function judgedFacts({ run, count, summary }: JudgedStudy): Judged {
  const judging = summary.checks.filter(({ findings }) => findings.some(({ kind }) => kind === 'verdict'))
  const verdictOn =
    (variant: string) =>
    (check: (typeof judging)[number]): AxisVerdict | null => {
      const found = check.findings.find((one) => one.kind === 'verdict' && one.variant === variant)
      if (found?.kind !== 'verdict') return null
      const { outcome, value, interval, same, chance, notes = [] } = found
      return {
        value,
        notes,
        ...(outcome !== undefined && { outcome }),
        ...(interval && { interval: [interval[0], interval[1]] as const }),
        ...(same && { same: same.value }),
        ...(chance && { chance: chance.value }),
      }
    }
  return {
    images: count,
    checks: judging.map(({ id, title }) => ({ id, title })),
    rows: run.record.identity.variants.map(({ id, handling }) => ({
      variant: id,
      handling,
      verdicts: judging.map(verdictOn(id)),
    })),
  }
}
