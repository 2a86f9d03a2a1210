import * as v from 'valibot'

const texts = v.array(v.string())
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

const verdict = v.looseObject({
  axis: v.string(),
  check: v.string(),
  outcome: v.string(),
  value: v.nullable(v.number()),
  interval: v.optional(v.tuple([v.number(), v.number()])),
  images: count,
  notes: texts,
})

/** Every verdict beside what published protocols say; empty where the study asked none. */
export const protocols = v.array(
  v.looseObject({
    variant: v.string(),
    axis: v.string(),
    outcome: v.string(),
    holds: v.pipe(count, v.description('Protocols that say the same.')),
    of: v.pipe(count, v.description('Protocols with an answer.')),
    answers: v.array(v.object({ published: v.string(), says: v.string() })),
  }),
)

/** What is printed of runs, besides their summary. */
export const runOutputs = {
  plan: v.looseObject({
    format: v.literal(1),
    run: v.string(),
    folder: v.string(),
    units: v.object({ all: count, open: count }),
    shards: v.pipe(count, v.description('The most that have something to do.')),
    states: v.array(
      v.object({ weights: v.string(), conditions: count, openUnits: count, openGroups: count }),
    ),
    variants: count,
    images: count,
    groups: count,
    sessions: count,
    batchSize: count,
    memoryBytes: v.number(),
    diskBytes: v.number(),
    cost: v.object({ forwards: v.number(), backwardPasses: count }),
  }),
  status: v.looseObject({
    format: v.literal(1),
    run: v.string(),
    units: v.object({ all: count, done: count, failed: count, open: count }),
    failures: v.array(v.looseObject({ unit: v.string(), reason: v.string() })),
  }),
  recommend: v.looseObject({
    format: v.literal(1),
    run: v.string(),
    model: v.string(),
    power: v.array(
      v.looseObject({ axis: v.string(), finds: v.optional(v.number()), variants: count, blind: count }),
    ),
    advice: v.array(
      v.looseObject({
        variant: v.string(),
        use: v.picklist(['yes', 'no', 'undecided']),
        reasons: texts,
        rank: v.optional(v.number()),
        verdicts: v.array(verdict),
      }),
    ),
    protocols: v.optional(protocols),
  }),
  compare: v.looseObject({
    format: v.literal(1),
    before: v.string(),
    after: v.string(),
    differences: v.array(
      v.looseObject({
        variant: v.string(),
        axis: v.string(),
        before: verdict,
        after: verdict,
        changed: v.boolean(),
        beyondChance: v.boolean(),
      }),
    ),
    onlyBefore: texts,
    onlyAfter: texts,
    settings: v.array(v.object({ setting: v.string(), before: v.string(), after: v.string() })),
    report: v.optional(v.string()),
  }),
} as const
