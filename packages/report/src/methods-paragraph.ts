import { counted } from '@saliency/core'
import type { StudyRecord } from './study.ts'

function listOf(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function optionsOf(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')
}

/** What verdicts were given on. */
export interface Judging {
  /** Places of the checks that gave verdicts, among the run's. */
  readonly checks: readonly number[]
  /** What the run was judged anew with. */
  readonly threshold?: number
}

type Checks = StudyRecord['identity']['checks']

/** Whether a check makes one channel of a map otherwise than by the signed sum. */
export const isReducedOtherwise = ({ options }: Checks[number]): boolean =>
  (options['reduction'] ?? 'sum') !== 'sum'

/** What the checks did with the maps. */
function checksSentence(checks: Checks): string {
  const described = checks.map(({ title, options }) => `${title.toLowerCase()} (${optionsOf(options)})`)
  const except = checks.some(isReducedOtherwise) ? ', except where a reduction is named,' : ''
  return `Maps were reduced to one channel by their signed sum${except} and subjected to ${listOf(described)}.`
}

/** How verdicts and contrasts came about, where there are any. */
function verdictSentences(judging: Checks, threshold: number | undefined): string[] {
  if (judging.length === 0) return []
  const bounds = [...new Set(judging.map(({ options }) => threshold ?? options['threshold']))]
  const bound = listOf(bounds.map((value) => String(value).replace(/^0\./, '.')))
  return [
    `For each variant we report the similarity s of the maps of one image under two conditions, the similarity c of maps of different images under the same two conditions, and e = (s − c)/(1 − c), with 95 % t intervals over images and, where weights were drawn at random, over draws; a map was judged not to depend on what was changed if the lower bound of e exceeded ${bound}, to depend on it if the upper bounds of e and c lay below ${bound}, and to be static if the lower bounds of s and c exceeded ${bound}.`,
    'Variants were compared with counterparts that differ in the handling of the sign alone by the ratio of mean dissimilarities D = mean(1 − max(0, s)) on the same images, tested by sign-flip permutation over images or, where weights were drawn at random, by a t test over images and draws, with Holm’s correction.',
  ]
}

/** A paragraph for a paper's methods section, from nothing but what was done. */
export function methodsParagraph({ identity, run }: StudyRecord, judging: Judging): string {
  const { model, images, variants, checks, seed, target, engine, batchSize, versions } = identity
  const studied = variants.filter(({ control }) => !control)
  const controls = variants.filter(({ control }) => control)
  return [
    `We computed ${counted(studied.length, 'saliency variant')} (${listOf(studied.map(({ id }) => id))}) of ${model.name} for ${counted(images.count, 'image')} (${images.name}) with Saliency ${versions['runner'] ?? ''} (core ${versions['core'] ?? ''}) on ${engine.id} ${engine.version}, batch size ${batchSize}, seed ${seed}, explaining ${target ? target.name : 'the logit of the chosen class'}.`,
    ...(controls.length > 0 ? [`${listOf(controls.map(({ id }) => id))} served as controls.`] : []),
    checksSentence(checks),
    ...verdictSentences(
      checks.filter((_, at) => judging.checks.includes(at)),
      judging.threshold,
    ),
    `The run’s identifier is ${run}; it changes with everything that changes a number.`,
  ].join(' ')
}

/** A BibTeX entry for the run's software. */
export function citation({ identity, created }: StudyRecord): string {
  const version = identity.versions['runner'] ?? ''
  return `@software{saliency,\n  title   = {Saliency: explanations as graphs, and checks that judge them},\n  version = {${version}},\n  year    = {${created.slice(0, 4)}}\n}`
}
