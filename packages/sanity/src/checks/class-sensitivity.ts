import {
  defineCheck,
  originalWeights,
  SaliencyError,
  type Check,
  type Condition,
  type OptionSpecs,
  type OptionValues,
  type Row,
  type ScoreContext,
  type Summary,
  type TargetPolicy,
  type VariantFacts,
  type Verdict,
} from '@saliency/core'
import { verdictOptions, namesIn, whyNotJudged } from '../verdict/verdict-options.ts'
import { scorePairs, withChannels, type Comparison } from '../verdict/score-pairs.ts'
import { byVariant } from '../verdict/by-variant.ts'
import { type MeasuredVerdict, verdictSummariser } from '../verdict/summarise-verdicts.ts'
import { similaritiesNamed } from '../similarity/similarities.ts'

const options = {
  ...verdictOptions,
  draws: {
    type: 'integer',
    default: 1,
    minimum: 1,
    maximum: 100,
    description: 'Other classes drawn uniformly for each image.',
  },
  others: {
    type: 'string',
    default: '',
    description: "More choices of the other class to show, separated by commas: 'runner-up', 'least-likely'.",
  },
  centred: {
    type: 'boolean',
    default: false,
    description: 'Also show the centred direction e_c − 1/K, which leaves out what all classes share.',
  },
} as const satisfies OptionSpecs

type Values = OptionValues<typeof options>

const ranks: Readonly<Record<string, number>> = { 'runner-up': 1, 'least-likely': -1 }
const JUDGED = 'uniform'

type Direction = 'one-hot' | 'centred'

/** Conditions of one direction: what changes between them is the target alone. */
function conditionMaker(
  values: Values,
  direction: Direction,
): (id: string, target: TargetPolicy) => Condition {
  const suffix = direction === 'one-hot' ? '' : ':centred'
  return (id, target) => {
    const base = { weights: originalWeights, target, input: { kind: 'original' }, direction } as const
    return withChannels({ id: `${id}${suffix}`, ...base }, values.reduction)
  }
}

function comparisonsFor(values: Values, direction: Direction): Comparison[] {
  const condition = conditionMaker(values, direction)
  const from = condition('predicted', { policy: 'rank', rank: 0 })
  const suffix = direction === 'one-hot' ? '' : ':centred'
  const protocol = { from: 'predicted class', direction }
  const uniform = Array.from({ length: values.draws }, (_, draw): Comparison => ({
    from,
    to: condition(`${JUDGED}#${draw}`, { policy: 'uniform', draw }),
    condition: `${JUDGED}${suffix}`,
    protocol: { ...protocol, target: 'drawn uniformly from the other classes', draw },
  }))
  const ranked = namesIn(values.others).map((name): Comparison => ({
    from,
    to: condition(name, { policy: 'rank', rank: rankOf(name) }),
    condition: `${name}${suffix}`,
    protocol: { ...protocol, target: name, draw: 0 },
  }))
  return [...uniform, ...ranked]
}

function rankOf(name: string): number {
  const rank = Object.hasOwn(ranks, name) ? ranks[name] : undefined
  if (rank !== undefined) return rank
  throw new SaliencyError(
    'INVALID_OPTION',
    `other class '${name}' is unknown: choose from ${Object.keys(ranks).join(', ')}`,
  )
}

function allComparisons(values: Values): Comparison[] {
  const plain = comparisonsFor(values, 'one-hot')
  return values.centred ? [...plain, ...comparisonsFor(values, 'centred')] : plain
}

/** Why a row of a model without a second class has no value. */
const NO_OTHER_CLASS =
  'not applicable: the model has one output and no second class; a sigmoid behind it, or two class names, make it two classes'

async function hasOneOutput({ maps, conditions, group }: ScoreContext<typeof options>): Promise<boolean> {
  const [first] = conditions
  return first !== undefined && (await maps(first)).logits?.length === group.images.length
}

function rowsWithoutValue(
  { group, variant }: ScoreContext<typeof options>,
  all: readonly Comparison[],
): Row[] {
  return all.flatMap(({ condition, protocol }) =>
    group.images.map(({ id }) => ({
      metric: 'spearman',
      variant,
      condition,
      image: id,
      value: null,
      status: 'undefined',
      note: NO_OTHER_CLASS,
      protocol,
    })),
  )
}

/** @param imagesOf how many images each variant has */
function notApplicable(imagesOf: ReadonlyMap<string, number>, variants: readonly VariantFacts[]): Summary {
  const findings = variants.flatMap(({ id }): Verdict[] => {
    const images = imagesOf.get(id)
    if (images === undefined) return []
    return [
      {
        kind: 'verdict',
        variant: id,
        metric: 'verdict',
        outcome: 'not applicable',
        value: null,
        images,
        undefinedCount: images,
        thresholds: [],
        changes: false,
        similarity: 'spearman',
        draws: 1,
        emptySteps: 0,
        notes: [NO_OTHER_CLASS],
      },
    ]
  })
  return { findings, notes: [NO_OTHER_CLASS] }
}

/** Do maps change with the class that they are asked to explain? (random-logit test: Sixt et al. 2020, section 5) */
export const classSensitivity: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'class-sensitivity',
  explains: 'directions',
  title: 'Class sensitivity',
  changes: 'the explained class',
  references: [
    'Sixt, Granz, Landgraf 2020, When Explanations Lie, arXiv:1912.09818',
    'Khakzar, Baselizadeh, Navab 2020, Rethinking Positive Aggregation and Propagation of Gradients, arXiv:2012.00362',
  ],
  options,
  conditions: (context) => {
    similaritiesNamed(namesIn(context.options.similarities))
    const all = allComparisons(context.options).flatMap(({ from, to }) => [from, to])
    return [...new Map(all.map((item) => [item.id, item])).values()]
  },
  async score(context) {
    const wanted = new Set(context.conditions.map(({ id }) => id))
    const comparisons = allComparisons(context.options).filter(({ to }) => wanted.has(to.id))
    if (await hasOneOutput(context)) return rowsWithoutValue(context, comparisons)
    const { similarities, partners, reduction } = context.options
    return scorePairs(context, comparisons, { similarities: namesIn(similarities), partners, reduction })
  },
  ...byVariant<typeof options>((context) => {
    const verdicts = verdictSummariser(context.variants, {
      judged: 'spearman',
      sharedDraws: false,
      judges: (row: Row) => row.condition === JUDGED,
      verdict: { threshold: context.options.threshold },
      notJudged: (facts) =>
        facts.start === 'logit'
          ? 'shown, not judged: it starts from the logit, whose sign can flip the whole map'
          : whyNotJudged(context.options),
    })
    const images = new Map<string, number>()
    let hasOtherClass = false
    return {
      measure: (variant: string, rows: readonly Row[]) => ({
        hasOtherClass: rows.some(({ note }) => note !== NO_OTHER_CLASS),
        images: new Set(rows.map(({ image }) => image)).size,
        verdict: verdicts.measure(variant, rows),
      }),
      add(variant: string, measured: { hasOtherClass: boolean; images: number; verdict: MeasuredVerdict }) {
        hasOtherClass ||= measured.hasOtherClass
        images.set(variant, measured.images)
        verdicts.add(variant, measured.verdict)
      },
      finish: () =>
        images.size > 0 && !hasOtherClass ? notApplicable(images, context.variants) : verdicts.finish(),
    }
  }),
})
