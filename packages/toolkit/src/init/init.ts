import { existsSync, readdirSync } from 'node:fs'
import { extname, join, relative, resolve, sep } from 'node:path'
import { type Engine, SaliencyError } from '@saliency/core'
import { type ImageSet, inTurn } from '@saliency/images'
import { openImages } from '@saliency/images/node'
import { locateModel } from '@saliency/model-formats/node'
import { writeAtomically } from '@saliency/study/system'
import { configNames } from '../config/load.ts'
import type { RunnerModel } from '../models.ts'
import { configText } from './config-text.ts'
import { proposalsFor, type Proposals } from './proposals.ts'
import { bestOf, type Trial, tryProposals } from './trial.ts'

/** What is set up. */
export interface InitRequest {
  readonly model: RunnerModel
  /** A folder or table of images; without it nothing is tried. */
  readonly images?: string
  /** Where `saliency.config.ts` goes: the folder in which the study will be run. */
  readonly folder: string
  readonly engine: Engine
}

/** What was set up. */
export interface InitOutcome {
  /** Files that were written. */
  readonly written: readonly string[]
  readonly proposals: Proposals
  readonly trials: readonly Trial[]
  readonly chosen?: Trial
  /** What is not known, one sentence each: comments in the configuration. */
  readonly questions: readonly string[]
  /** The names of the classes, where they are known or were taken from folders. */
  readonly classes?: readonly string[]
}

function assertFree(folder: string): void {
  const taken = configNames.map((name) => join(folder, name)).find((file) => existsSync(file))
  if (taken === undefined) return
  throw new SaliencyError(
    'FILE',
    `${taken} exists and is left as it is: remove it, or give another folder with --out.`,
  )
}

/** A path as a configuration in `folder` names it, the same on every system. */
function inConfig(path: string, folder: string): string {
  const from = relative(folder, resolve(path)).split(sep).join('/')
  return from.startsWith('..') || from === '' ? from || '.' : `./${from}`
}

async function openSet({ model }: InitRequest, images: string): Promise<ImageSet> {
  return inTurn(
    await openImages(images, {
      classes: model.classes,
      classCount: Number(model.model.logits.shape[1]),
      channels: Number(model.model.image.shape[1]),
    }),
  )
}

function pixelQuestion({ all, known }: Proposals, chosen: Trial | undefined, file: string): string[] {
  if (known !== undefined || all.length < 2) return []
  const { name = '' } = chosen?.proposal ?? all[0] ?? {}
  const found =
    chosen === undefined || chosen.labelled === 0
      ? 'the most usual one'
      : `with it, the model is right on ${chosen.right} of ${chosen.labelled} images${2 * chosen.right < chosen.labelled ? ', and no other that was tried does better than half' : ''}`
  return [
    `What are pixels when they reach the model? Its file does not say. Taken: ${name}; ${found}. Look at the code that it was trained with, and correct ${file}.`,
  ]
}

function classQuestion(
  { classes }: RunnerModel,
  set: ImageSet | undefined,
  order: readonly number[] | undefined,
  file: string,
): string[] {
  if (classes) return []
  if (set?.labelProblem !== undefined) return [`Which class is which? ${set.labelProblem}.`]
  if (!set?.classes)
    return [`What are the classes called? Write their names in their order as "classes" into ${file}.`]
  const how = order
    ? 'as the predictions show it: most images of each folder are predicted to be its class'
    : 'that of the alphabet, as torchvision and Keras number folders'
  return [
    `Are the classes in the right order? "classes" in ${file} has the folders' names in this order: ${how}.`,
  ]
}

/** The names of the classes, as the model, the predictions or the alphabet have them. */
function classNames(model: RunnerModel, set: ImageSet | undefined, order?: readonly number[]) {
  if (model.classes ?? set?.labelProblem) return model.classes
  return order ? order.map((place) => set?.classes?.[place] ?? '') : set?.classes
}

const isModel = (name: string) => /\.(onnx|h5|hdf5|keras)$|^model\.json$/i.test(name)

/** The file beside a model that says how it wants its images; with the model's name where several models lie there. */
async function preprocessFile(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined
  const { folder, file } = await locateModel(path)
  const [own, ofAll] = [
    join(folder, `${file.slice(0, file.length - extname(file).length)}.preprocess.json`),
    join(folder, 'preprocess.json'),
  ]
  const isAlone = readdirSync(folder).filter(isModel).length < 2
  return !existsSync(own) && (isAlone || existsSync(ofAll)) ? ofAll : own
}

/**
 * Looks at a model and at images, and writes what is found out: how the model wants its images, and a first study.
 * @throws FILE if there is a configuration already; INVALID_INPUT if there are no images
 */
export async function initStudy(request: InitRequest): Promise<InitOutcome> {
  const { model, images, folder, engine } = request
  assertFree(folder)
  const file = await preprocessFile(model.path)
  const proposals = proposalsFor(model)
  const set = images === undefined ? undefined : await openSet(request, images)
  const trials = set ? await tryProposals(model, proposals.all, set, engine) : []
  const chosen = bestOf(trials)
  const written: string[] = []
  const shown = file === undefined ? '' : inConfig(file, folder)
  const questions = [
    ...(images === undefined ? ['Where are the images? A folder with one folder a class is best.'] : []),
    ...(file === undefined ? [] : pixelQuestion(proposals, chosen, shown)),
    ...(file === undefined ? [] : classQuestion(model, set, chosen?.order, shown)),
  ]
  const classes = classNames(model, set, chosen?.order)
  const proposal = chosen?.proposal ?? proposals.all[0]
  if (file !== undefined && !existsSync(file) && proposal) {
    const content = { ...proposal.preprocess, ...(classes && { classes }) }
    writeAtomically(file, `${JSON.stringify(content, undefined, 2)}\n`)
    written.push(file)
  }
  const config = join(folder, 'saliency.config.ts')
  const facts = {
    model: existsSync(model.path) ? inConfig(model.path, folder) : model.path,
    ...(images !== undefined && { images: inConfig(images, folder) }),
    questions,
  }
  writeAtomically(config, configText(facts))
  written.push(config)
  return { written, proposals, trials, questions, ...(chosen && { chosen }), ...(classes && { classes }) }
}
