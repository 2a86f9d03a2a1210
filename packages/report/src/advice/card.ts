import { SaliencyError } from '@saliency/core'
import type { StudyRecord, StudySummary, VariantRecord } from '../study.ts'
import { toneOf, verdictsOn } from './axes.ts'

/** One evaluation of the template, and where this project measures it. */
interface Evaluation {
  readonly name: string
  readonly check?: string
  readonly metric?: string
  /** How a number is read, where the check gives no verdict. */
  readonly reading?: string
}

/** The template's evaluations by attribute (Boggust et al. 2023, section 4); those without a check are not measured here. */
const attributes: Readonly<Record<string, readonly Evaluation[]>> = {
  'Input Sensitivity': [
    {
      name: 'Completeness',
      check: 'completeness',
      metric: 'complete',
      reading: 'share of images whose map sums to the logit',
    },
    { name: 'Deletion', check: 'deletion-insertion', metric: 'deletion', reading: 'lower is better' },
    { name: 'Faithfulness', check: 'faithfulness-correlation', reading: 'correlation, higher is better' },
    { name: 'Infidelity', check: 'infidelity', metric: 'infidelity-scaled', reading: 'lower is better' },
    { name: 'Input Consistency' },
    {
      name: 'Input Invariance',
      check: 'input-invariance',
      reading: 'similarity of maps under a constant shift',
    },
    { name: 'Insertion', check: 'deletion-insertion', metric: 'insertion', reading: 'higher is better' },
    {
      name: 'Perturbation Testing (LeRF)',
      check: 'pixel-flipping',
      metric: 'lerf',
      reading: 'higher is better',
    },
    {
      name: 'Perturbation Testing (MoRF)',
      check: 'pixel-flipping',
      metric: 'morf',
      reading: 'lower is better',
    },
    { name: 'Region Perturbation', check: 'pixel-flipping', metric: 'aopc', reading: 'higher is better' },
    { name: 'ROAR' },
    { name: 'Robustness', check: 'sensitivity', reading: 'lower is better' },
    { name: 'Sensitivity', check: 'sensitivity', reading: 'lower is better' },
    { name: 'Stability' },
    { name: 'Sufficiency' },
    { name: 'Polarity (beyond the template)', check: 'polarity' },
    { name: 'SaCo (beyond the template)', check: 'saco', reading: '0 for a random map, 1 at best' },
  ],
  'Label Sensitivity': [
    { name: 'Data Randomization', check: 'data-randomization' },
    { name: 'Model Contrast Score' },
    { name: 'Class Sensitivity (beyond the template)', check: 'class-sensitivity' },
  ],
  'Model Sensitivity': [
    { name: 'Cascading Model Parameter Randomization', check: 'parameter-randomization' },
    { name: 'Implementation Invariance' },
    { name: 'Independent Model Parameter Randomization' },
    { name: 'Linearity' },
    { name: 'Model Consistency' },
    { name: 'Model Weight Randomization' },
    { name: 'Repeatability' },
    { name: 'Reproducibility' },
  ],
  Minimality: [{ name: 'Minimality' }, { name: 'Sparsity' }, { name: 'Visual Sharpening' }],
  'Perceptual Correspondence': [
    {
      name: 'Localization Utility',
      check: 'localisation',
      metric: 'relevance-mass',
      reading: 'share of relevance inside the mask',
    },
    { name: 'Luminosity Calibration' },
    { name: 'Mean IoU' },
    { name: 'Plausibility' },
    { name: 'The Pointing Game', check: 'localisation', metric: 'pointing-game', reading: 'share of images' },
    {
      name: 'Grid Pointing Game (beyond the template)',
      check: 'grid-pointing-game',
      reading: 'share of positive mass',
    },
    { name: 'Part Protocols (beyond the template)', check: 'part-protocols' },
  ],
}

const figure = (value: number) => value.toFixed(3).replace(/^(-?)0\./, '$1.')

/** The signs of the template: passed, failed, or inconclusive. */
const lights = { good: '🟢', bad: '🟥', open: '🟨' } as const

function evidence(evaluation: Evaluation, variant: string, summary: StudySummary): string {
  const { name, check, metric, reading } = evaluation
  const verdict = verdictsOn(variant, summary).find((one) => one.check === check)
  const at = (value: number | null, interval?: readonly [number, number]) =>
    value === null ? 'no value' : `${figure(value)}${interval ? ` [${interval.map(figure).join(', ')}]` : ''}`
  if (verdict) {
    const { outcome, value, interval, images, notes } = verdict
    const limits = notes.length > 0 ? `; ${notes.join('; ')}` : ''
    return `${lights[toneOf(outcome)]} **${name}**: ${outcome}, ${at(value, interval)}, ${images} images${limits} (\`${check}\`).`
  }
  const findings = summary.checks
    .filter(({ id }) => id === check)
    .flatMap((one) => one.findings)
    .filter((one) => one.variant === variant && (metric === undefined || one.metric === metric))
  if (findings.length === 0) return `**${name}**: not measured in this run.`
  const numbers = findings.map((one) => `${one.metric} ${at(one.value, one.interval)}`).join(', ')
  return `🟨 **${name}**: ${numbers}, ${findings[0]!.images} images; ${reading ?? 'no threshold decides'} (\`${check}\`).`
}

/** A part of a card under its heading. */
export interface CardPart {
  /** 1 for the card's title, 2 for a chapter, 3 for an attribute. */
  readonly level: 1 | 2 | 3
  readonly title: string
  readonly paragraphs?: readonly string[]
  readonly items?: readonly string[]
}

function methodology(variant: VariantRecord, { identity }: StudyRecord): CardPart[] {
  const options = Object.entries(variant.options).map(([name, value]) => `\`${name}\` = ${String(value)}`)
  const attribute = (title: string, paragraph: string): CardPart => ({
    level: 3,
    title,
    paragraphs: [paragraph],
  })
  return [
    {
      level: 2,
      title: 'Methodology',
      paragraphs: [variant.description],
      items: [
        `**References:** ${variant.references.length > 0 ? variant.references.join('; ') : 'none given'}`,
        `**Implementation:** ${variant.package} ${variant.version}, variant \`${variant.id}\``,
        `**Handling of signs:** ${variant.handling}${variant.counterpart === undefined ? '' : `; counterpart \`${variant.counterpart}\``}`,
      ],
    },
    attribute(
      'Determinism',
      `The same weights, image, class, engine and seed (${identity.seed}) give the same map.`,
    ),
    attribute(
      'Hyperparameter Dependence',
      options.length > 0 ? `In this run: ${options.join(', ')}.` : 'The variant has no options in this run.',
    ),
    attribute(
      'Model Agnosticism',
      `It was run on ${identity.model.name}. What it needs of a model: \`saliency inspect MODEL\` lists the variants that a model can be explained with.`,
    ),
    attribute(
      'Computational Efficiency',
      'Not measured in this run; `npm run bench` prints the cost of every method in forward passes.',
    ),
    attribute(
      'Semantic Directness',
      variant.start === 'logit'
        ? 'The map starts from the logit, so that its values share the logit: their sign flips where the logit is negative.'
        : 'The map speaks of one class before softmax; whether its sign means anything is the polarity check below.',
    ),
  ]
}

/**
 * The parts of a saliency card, its texts in Markdown: the ten attributes with the evidence of one run.
 * @throws INVALID_OPTION if the run does not have the variant
 */
export function cardParts(id: string, record: StudyRecord, summary: StudySummary): CardPart[] {
  const variant = record.identity.variants.find((one) => one.id === id)
  if (!variant)
    throw new SaliencyError(
      'INVALID_OPTION',
      `the run has no variant '${id}'; it has ${record.identity.variants.map((one) => one.id).join(', ')}.`,
    )
  const section = (title: string): CardPart => {
    return { level: 3, title, items: attributes[title]!.map((one) => evidence(one, id, summary)) }
  }
  return [
    {
      level: 1,
      title: `${id} Saliency Card`,
      paragraphs: [
        `Evidence of run ${record.run}: ${record.identity.model.name}, ${record.identity.images.count} images of ${record.identity.images.name}.\nThe card follows Boggust et al. 2023, Saliency Cards (FAccT 2023, arXiv:2206.02958): 🟢 passed, 🟥 failed, 🟨 inconclusive or a number without a threshold.`,
      ],
    },
    ...methodology(variant, record),
    { level: 2, title: 'Sensitivity Testing' },
    section('Input Sensitivity'),
    section('Label Sensitivity'),
    section('Model Sensitivity'),
    { level: 2, title: 'Perceptibility Testing' },
    section('Minimality'),
    section('Perceptual Correspondence'),
  ]
}

/**
 * A saliency card (Boggust et al. 2023, FAccT): the ten attributes with the evidence of one run, as Markdown.
 * @throws INVALID_OPTION if the run does not have the variant
 */
export function saliencyCard(id: string, record: StudyRecord, summary: StudySummary): string {
  const blocks = cardParts(id, record, summary).flatMap(({ level, title, paragraphs = [], items = [] }) => [
    `${'#'.repeat(level)} ${title}`,
    ...paragraphs,
    ...(items.length > 0 ? [items.map((item) => `- ${item}`).join('\n')] : []),
  ])
  return `${blocks.join('\n\n')}\n`
}
