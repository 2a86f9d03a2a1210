import {
  defineCheck,
  type Check,
  type Condition,
  type Measurement,
  type OptionSpecs,
  type Row,
} from '@saliency/core'
import { presets } from '../presets.ts'
import { type ProtocolPart, protocolParts } from '../protocols.ts'
import { effectOf } from '../statistics/effect.ts'
import { byVariant } from '../verdict/by-variant.ts'
import { CONVERGED, farthestConvergence } from './convergence-summary.ts'
import { cellsOf, indexOf } from '../verdict/table.ts'

const options = {
  steps: {
    type: 'integer',
    default: 3,
    minimum: 0,
    description: 'At most so many steps of each cascade, evenly spread; 0 for every block, as published.',
  },
  bound: {
    type: 'number',
    default: 0.5,
    minimum: 0,
    maximum: 1,
    description: 'A mean similarity below it says that a map depends; the papers draw curves and set none.',
  },
  samples: {
    type: 'integer',
    default: 50,
    minimum: 1,
    maximum: 200,
    description: 'Noisy inputs that smooth MPRT averages per map; 50 as published.',
  },
} as const satisfies OptionSpecs

/** Keeps the conditions and rows of the parts apart. */
const titleOf = ({ published, axis }: ProtocolPart): string => `${published} on ${axis}`

function conditionsOf(part: ProtocolPart, all: readonly Condition[]): Condition[] {
  const prefix = `${titleOf(part)}: `
  return all
    .filter(({ id }) => id.startsWith(prefix))
    .map((condition) => ({ ...condition, id: condition.id.slice(prefix.length) }))
}

/** A part that compares classes under the original weights has rows once, not again beside each random state. */
function isDue(own: readonly Condition[], all: readonly Condition[]): boolean {
  const isRandom = ({ weights }: Condition) => weights.kind === 'randomized'
  return own.some(isRandom) || !all.some(isRandom)
}

function meanOf(rows: readonly Row[], { reading, axis }: ProtocolPart): number | undefined {
  if (reading === 'convergence') return farthestConvergence(rows)
  if (reading === 'similarity')
    return effectOf(cellsOf(rows, indexOf(rows), axis === 'parameters')).same?.value
  const values = rows.flatMap(({ value }) => (value === null ? [] : [value]))
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** What one protocol says of one variant: in `details`, since no verdict of this study follows from it. */
function findingOf(variant: string, rows: readonly Row[], part: ProtocolPart, bound: number): Measurement {
  const { published, axis, metric, reading } = part
  const value = meanOf(rows, part)
  const bounds = { similarity: bound, convergence: CONVERGED, rise: 0 }
  const depends = value !== undefined && (reading === 'rise' ? value > bounds.rise : value < bounds[reading])
  const says = value === undefined ? 'undefined' : depends ? 'depends' : 'does not depend'
  return {
    variant,
    metric: `${titleOf(part)}: ${metric}`,
    value: value ?? null,
    images: new Set(rows.filter((row) => row.value !== null).map(({ image }) => image)).size,
    undefinedCount: rows.filter((row) => row.value === null).length,
    details: { published, axis, says },
  }
}

/** Would other protocols have said the same? Each variant under the decision of every published one. */
export const publishedProtocols: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'published-protocols',
  title: 'Published protocols',
  references: Object.values(presets).map(({ title, reference }) => `${title}, ${reference}`),
  options,
  conditions: (context) =>
    protocolParts(context.options).flatMap((part) =>
      part.check
        .conditions({ ...context, options: part.options })
        .map((condition) => ({ ...condition, id: `${titleOf(part)}: ${condition.id}` })),
    ),
  async score(context) {
    const rows: Row[] = []
    for (const part of protocolParts(context.options)) {
      const conditions = conditionsOf(part, context.conditions)
      if (!isDue(conditions, context.conditions)) continue
      const own = await part.check.score({ ...context, conditions, options: part.options })
      for (const row of own) {
        if (row.metric !== part.metric) continue
        const protocol = { ...row.protocol, published: titleOf(part) }
        rows.push({ ...row, condition: `${titleOf(part)}: ${row.condition}`, protocol })
      }
    }
    return rows
  },
  ...byVariant<typeof options>(({ options: study }) => {
    const findings: Measurement[] = []
    return {
      measure: (variant: string, rows: readonly Row[]) =>
        protocolParts(study).flatMap((part) => {
          const own = rows.filter(({ protocol }) => protocol['published'] === titleOf(part))
          return own.length > 0 ? [findingOf(variant, own, part, study.bound)] : []
        }),
      add(_: string, measured: readonly Measurement[]) {
        findings.push(...measured)
      },
      finish: () => ({
        findings,
        notes: [
          `Each protocol decides as its preset describes, by its own similarity, reduction and target, from the mean alone: below ${study.bound} a map depends. None asks what different images have in common, so smooth maps seem to depend less. By efficient MPRT a map depends if its entropy rises; by convergence it does not if signals from the farthest start have a cosine above ${CONVERGED} where they end: deeper parameters are then one factor. Variants that carry no signal to the image have no answer there.`,
          `Cascades have ${study.steps === 0 ? 'every block' : `at most ${study.steps} steps`}; smooth MPRT averages ${study.samples} noisy inputs.`,
        ],
      }),
    }
  }),
})
