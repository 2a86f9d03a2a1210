import {
  defineCheck,
  type Check,
  type Condition,
  type Model,
  type OptionSpecs,
  type OptionValues,
  type Row,
} from '@saliency/core'
import { original } from '../original.ts'
import { verdictOptions, namesIn, whyNotJudged } from '../verdict/verdict-options.ts'
import { scorePairs, withChannels, type Comparison } from '../verdict/score-pairs.ts'
import { similarityFigure } from '../verdict/similarity-figure.ts'
import { byVariant } from '../verdict/by-variant.ts'
import { type MeasuredVerdict, verdictSummariser } from '../verdict/summarise-verdicts.ts'
import { similaritiesNamed } from '../similarity/similarities.ts'
import { batchNormOption } from './batch-norm.ts'
import { cascade, stepName } from './cascade.ts'
import { collapseRows, collapseSummariser, isCollapseRow, type MeasuredCollapse } from './collapse.ts'
import { depthOfLoss } from './depth.ts'
import { parseInitializer } from './initializer.ts'
import { scaleFigure } from './scale-figure.ts'

const options = {
  ...verdictOptions,
  order: {
    type: 'choice',
    choices: ['top-down', 'bottom-up', 'independent'],
    default: 'top-down',
    description:
      'Which blocks are drawn anew: from the logits down, from the image up (both cumulative), or each alone.',
  },
  unit: {
    type: 'choice',
    choices: ['block', 'layer'],
    default: 'block',
    description: 'What one step randomises: a block between two points that every path passes, or a layer.',
  },
  draws: {
    type: 'integer',
    default: 5,
    minimum: 1,
    maximum: 100,
    description: 'Independent draws of the random weights.',
  },
  steps: {
    type: 'integer',
    default: 0,
    minimum: 0,
    description: 'At most so many steps, evenly spread from the first to the last; 0 for every block.',
  },
  initializer: {
    type: 'string',
    default: 'layer',
    description:
      "How weights are drawn: 'layer' (the layer's own initialiser), 'normal(0.1)', or 'permute' (the trained weights, shuffled).",
  },
  batchNorm: batchNormOption,
  target: {
    type: 'choice',
    choices: ['fixed', 'label', 'argmax'],
    default: 'fixed',
    description:
      "The class explained: the original prediction, the image's label, or under random weights the random model's own prediction.",
  },
} as const satisfies OptionSpecs

const TITLE = 'Parameter randomisation'

type Values = OptionValues<typeof options>

/** The unchanged model, explaining what the changed ones are compared on. */
function unchanged({ target, reduction }: Values): Condition {
  const condition: Condition = target === 'label' ? { ...original, target: { policy: 'label' } } : original
  return withChannels(condition, reduction)
}

const targetNames: Readonly<Record<Values['target'], string>> = {
  fixed: 'original prediction',
  label: 'label',
  argmax: 'prediction of the randomised model',
}

const NO_BATCH_NORM = 'none in the file (merged, or never there)'

function conditionsFor(model: Model, values: Values): Condition[] {
  similaritiesNamed(namesIn(values.similarities))
  const initializer = parseInitializer(values.initializer)
  const hasBatchNorm = model.layers.some((layer) => layer.kind.startsWith('BatchNorm'))
  const from = unchanged(values)
  const drawn = cascade(model, { ...values, initializer }).flatMap(({ step, name, layers }) =>
    Array.from({ length: values.draws }, (_, draw): Condition => ({
      ...from,
      id: `${stepName(values.order, step, name)}#${draw}`,
      protocol: {
        step,
        block: name,
        draw,
        order: values.order,
        unit: values.unit,
        initializer: values.initializer,
        batchNorm: hasBatchNorm ? values.batchNorm : NO_BATCH_NORM,
        target: targetNames[values.target],
      },
      weights: { kind: 'randomized', layers, draw, initializer, batchNorm: values.batchNorm },
      target: values.target === 'argmax' ? { policy: 'argmax' } : from.target,
    })),
  )
  return [from, ...drawn]
}

/** A randomised condition beside the unchanged one, as rows name it: all draws of a step alike. */
function comparisonOf(to: Condition, values: Values): Comparison {
  const protocol = to.protocol!
  const condition = stepName(values.order, Number(protocol['step']), String(protocol['block']))
  return { from: unchanged(values), to, condition, protocol }
}

/** Says so where the file has no batch norm of its own, since neither policy nor initialiser of it can apply. */
function batchNormNotes(row: Row | undefined): string[] {
  if (row?.protocol['batchNorm'] !== NO_BATCH_NORM) return []
  return [
    "Batch norm: merged in the file, or never there. No batch-norm policy applies; where a layer names no initialiser, 'layer' draws kernels as He et al. 2015 (normal) and biases zero.",
  ]
}

/** What one variant's rows come to. */
interface Measured {
  readonly first: Row | undefined
  readonly verdict?: MeasuredVerdict
  readonly collapse: MeasuredCollapse
}

/** Do maps change when the model's parameters are drawn anew? (Adebayo et al. 2018, section 3.1) */
export const parameterRandomization: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'parameter-randomization',
  explains: 'directions',
  title: TITLE,
  changes: "the model's parameters",
  references: [
    'Adebayo et al. 2018, Sanity Checks for Saliency Maps, section 3.1, arXiv:1810.03292',
    'Hedström et al. 2024, Sanity Checks Revisited',
    'Binder et al. 2023, Shortcomings of Top-Down Randomization-Based Sanity Checks, arXiv:2211.12486',
  ],
  options,
  conditions: (context) => conditionsFor(context.model, context.options),
  async score(context) {
    const { similarities, partners, reduction } = context.options
    const changed = context.conditions.filter(({ weights }) => weights.kind === 'randomized')
    const comparisons = changed.map((to) => comparisonOf(to, context.options))
    const pairs = { similarities: namesIn(similarities), partners, reduction }
    const similar = await scorePairs(context, comparisons, pairs)
    return [...similar, ...(await collapseRows(context, comparisons))]
  },
  ...byVariant<typeof options>(({ options: values, variants }) => {
    const verdicts = verdictSummariser(variants, {
      judged: 'spearman',
      sharedDraws: true,
      steps: true,
      verdict: { threshold: values.threshold },
      notJudged: () => whyNotJudged(values),
      extra: depthOfLoss,
    })
    const scales = collapseSummariser()
    let first: Row | undefined
    return {
      measure(variant: string, rows: readonly Row[]): Measured {
        const similar = rows.filter((row) => !isCollapseRow(row))
        return {
          first: rows[0],
          ...(similar.length > 0 && { verdict: verdicts.measure(variant, similar) }),
          collapse: scales.measure(variant, rows.filter(isCollapseRow)),
        }
      },
      add(variant: string, { first: one, verdict, collapse }: Measured) {
        first ??= one
        if (verdict) verdicts.add(variant, verdict)
        scales.add(collapse)
      },
      finish() {
        const summary = verdicts.finish()
        const collapse = scales.finish()
        return {
          findings: summary.findings,
          curves: [...(summary.curves ?? []), ...collapse.curves],
          figures: [...similarityFigure(TITLE, summary.curves ?? []), ...scaleFigure(TITLE, collapse.curves)],
          notes: [...(summary.notes ?? []), ...collapse.notes, ...batchNormNotes(first)],
        }
      },
    }
  }),
})
