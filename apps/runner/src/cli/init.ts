import { resolve } from 'node:path'
import { accuracySentence } from '@saliency/report'
import pc from 'picocolors'
import { loadModel, openEngine } from '@saliency/toolkit'
import {
  type InitOutcome,
  initStudy,
  type ModelFlags,
  modelSettings,
  type Trial,
} from '@saliency/toolkit/steps'
import { exitCodes } from '../exit-codes.ts'
import { sayEngine } from './engine-line.ts'
import type { Terminal } from './terminal.ts'

/** Flags of `saliency init`. */
export interface InitFlags extends ModelFlags {
  readonly out: string
}

/** Predictions that are printed, for a person to look at. */
const SHOWN = 8

/** How the model does with each preprocessing that was tried, one line each. */
function printTrials({ trials, chosen }: InitOutcome, terminal: Terminal): void {
  if (trials.length < 2) return
  const result = ({ right, labelled, confidence }: Trial) =>
    labelled > 0 ? `right on ${right} of ${labelled}` : `${(100 * confidence).toFixed(0)} % sure on average`
  terminal.out('Pixels as the model may want them:')
  for (const trial of trials)
    terminal.out(`  ${trial === chosen ? pc.bold('→') : ' '} ${trial.proposal.name}: ${result(trial)}`)
}

function printPredictions(outcome: InitOutcome, terminal: Terminal): void {
  const { chosen } = outcome
  if (!chosen) return
  terminal.out('Predictions, to be compared with what you see:')
  const names = outcome.classes
  for (const { image, best } of chosen.predictions.slice(0, SHOWN)) {
    const list = best.map(
      ({ index, name, probability }) => `${names?.[index] ?? name} ${(100 * probability).toFixed(1)} %`,
    )
    terminal.out(`  ${image}: ${list.join(', ')}`)
  }
  if (chosen.labelled > 0) terminal.out(accuracySentence(chosen))
}

/** `saliency init MODEL [IMAGES]`: what the files say goes into files, what they do not say into questions. */
export async function initCommand(
  source: string,
  images: string | undefined,
  flags: InitFlags,
  terminal: Terminal,
): Promise<number> {
  const model = await loadModel(source, modelSettings('.', flags))
  const engine = await openEngine()
  sayEngine(engine, undefined, terminal)
  const outcome = await initStudy({
    model,
    ...(images !== undefined && { images }),
    folder: resolve(flags.out),
    engine,
  })
  const { known } = outcome.proposals
  if (known !== undefined) terminal.out(`Preprocessing: read from ${known}.`)
  printTrials(outcome, terminal)
  printPredictions(outcome, terminal)
  for (const question of outcome.questions) terminal.out(`${pc.bold('?')} ${question}`)
  for (const file of outcome.written) terminal.out(`wrote ${file}`)
  terminal.out(
    'Next: answer the questions in the configuration, then `saliency run --dry-run` and `saliency run`.',
  )
  return exitCodes.ok
}
