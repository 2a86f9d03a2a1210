import type { Curve, Figure, FigureLine, Measurement, Row, Summary, VariantFacts } from '@saliency/core'
import { inStudyOrder } from '../verdict/study-order.ts'
import { groupRows } from '../verdict/table.ts'
import { meanFinding } from '../metrics/summarise-metrics.ts'
import { undefinedNotes } from '../metrics/undefined-notes.ts'
import { medianChanceCosine } from '../statistics/cosine-chance.ts'

/** Median |cos| between signals of different random starts. */
export const COSINE_CONVERGENCE = 'cosine-convergence'
/** Share of places and pairs at which one of the two signals is zero. */
export const SILENT_PLACES = 'places-without-signal'
/** How the metrics of the curves begin; the start layer follows. */
const CONVERGENCE_CURVE = '1 − |cos| from '
/** How the metric of a curve's chance level ends. */
const CHANCE = ' chance'

/** What the paper calls converged. */
export const CONVERGED = 0.99

/** What all rows of one variant, one start and one layer say. */
interface Level {
  readonly step: number
  readonly end: string
  readonly channels: number
  readonly finding: Measurement
  /** Mean share of places without signal. */
  readonly silent: number
}

function levelOf(metric: string, rows: readonly Row[]): Level {
  const { step, end, channels } = rows[0]!.protocol
  const similar = rows.filter((row) => row.metric === COSINE_CONVERGENCE)
  const silent = rows.filter((row) => row.metric === SILENT_PLACES)
  return {
    step: Number(step),
    end: String(end),
    channels: Number(channels),
    finding: meanFinding(rows[0]!.variant, metric, similar),
    silent: silent.reduce((sum, { value }) => sum + (value ?? 0), 0) / similar.length,
  }
}

function levelsOf(start: string, rows: readonly Row[]): Level[] {
  const byStep = groupRows(rows, ({ protocol }) => String(protocol['step']))
  return [...byStep.values()]
    .map((group) => levelOf(`${COSINE_CONVERGENCE} from ${start}`, group))
    .sort((a, b) => a.step - b.step)
}

/** Converged beyond the paper's bound, clearly not (less than half way from chance to 1), or between. */
function outcomeOf({ finding: { value, interval }, channels }: Level): string {
  if (value === null || !interval) return 'undefined'
  if (interval[0] > CONVERGED) return 'converges'
  const chance = medianChanceCosine(channels)
  return interval[1] < (1 + chance) / 2 ? 'does not converge' : 'converges in part'
}

/** Where a value was taken, and what the lowest layer above the image says: three channels cannot tell much. */
function placesOf(level: Level, levels: readonly Level[]): string {
  const figure = (value: number | null) => (value === null ? 'undefined' : value.toFixed(3))
  const chance = ({ channels }: Level) =>
    `${channels} channels, chance ${figure(medianChanceCosine(channels))}`
  const inner = levels.findLast(({ step, channels }) => step < level.step && channels > level.channels)
  const above = inner ? `; ${figure(inner.finding.value)} at ${inner.end} (${chance(inner)})` : ''
  return `at ${level.end} (${chance(level)})${above}`
}

/** The layer that speaks: an image of one channel says nothing, since every cosine is 1; then the lowest that has several. */
const telling = (levels: readonly Level[]) =>
  levels.findLast(({ channels }) => channels > 1) ?? levels.at(-1)!

/** Mean |cos| of one variant where signals from its farthest start end; undefined where it carries none. */
export function farthestConvergence(rows: readonly Row[]): number | undefined {
  const [start] = startsOf(rows)
  if (start === undefined) return undefined
  return (
    telling(
      levelsOf(
        start,
        rows.filter(({ protocol }) => protocol['start'] === start),
      ),
    ).finding.value ?? undefined
  )
}

function findingOf(levels: readonly Level[], rows: readonly Row[]): Measurement {
  const level = telling(levels)
  const { finding, end, channels, silent } = level
  if (level.step === 0) {
    const note = rows.find(({ note: text }) => text !== undefined)?.note ?? ''
    return { ...finding, outcome: 'not applicable', notes: [note] }
  }
  const chance = medianChanceCosine(channels)
  return {
    ...finding,
    outcome: outcomeOf(level),
    notes: [placesOf(level, levels)],
    details: { end, channels, chance, placesWithoutSignal: silent },
  }
}

function curvesOf(variant: string, start: string, levels: readonly Level[]): Curve[] {
  const own = levels.filter(({ step, channels }) => step > 0 && channels > 1)
  if (own.length === 0) return []
  const points = own.map(({ step, end, finding: { value, interval } }) => ({
    x: step,
    label: end,
    y: value === null ? null : 1 - value,
    ...(interval && { low: 1 - interval[1], high: 1 - interval[0] }),
  }))
  const chance = own.map(({ step, end, channels }) => ({
    x: step,
    label: end,
    y: 1 - medianChanceCosine(channels),
  }))
  return [
    { variant, metric: `${CONVERGENCE_CURVE}${start}`, points },
    { variant, metric: `${CONVERGENCE_CURVE}${start}${CHANCE}`, points: chance },
  ]
}

function notesOf(rows: readonly Row[]): string[] {
  const similar = rows.filter((row) => row.metric === COSINE_CONVERGENCE)
  return [
    `1 is complete convergence: whatever relevance starts with, its direction at every place is the same there, and the start survives as a factor. 'Converges' is a median |cos| above ${CONVERGED} (its 95 % interval), 'does not converge' less than half way from chance to 1; the starting layer's depth matters, so that only equal starts compare.`,
    'Chance is the median |cos| of independent Gaussian vectors with as many channels: .5 for three, less for more. A layer of few channels cannot tell much, and methods that weigh signals by activations begin above chance wherever they start: what tells is how a curve falls with its distance from the start.',
    'Convergence is about the method on this model and these images. It does not say that maps are wrong, and a method that does not converge may fail in other ways: the randomisation checks tell.',
    ...undefinedNotes(similar, 'values'),
  ]
}

/** 1 − |cos| layer by layer, a panel a variant and a line a start; chance along the longest way. */
function figuresOf(curves: readonly Curve[]): Figure[] {
  if (curves.length === 0) return []
  const longest = curves.reduce((a, b) => (b.points.length > a.points.length ? b : a))
  // Steps count from each start: in a figure a layer stands at one place, whichever start a line comes from.
  const layers = longest.points.map(({ label }) => label)
  const lines = curves
    .filter(({ metric }) => !metric.endsWith(CHANCE) || metric === `${longest.metric}${CHANCE}`)
    .map(({ variant, metric, points }): FigureLine => {
      const isReference = metric.endsWith(CHANCE)
      const name = metric.slice(CONVERGENCE_CURVE.length, isReference ? -CHANCE.length : undefined)
      const placed = points.map((point) => ({ ...point, x: layers.indexOf(point.label) + 1 }))
      return { panel: variant, name, isReference, points: placed }
    })
  return [
    {
      kind: 'curve',
      title:
        'Cosine-similarity convergence: 1 minus the cosine between the signals of random starts, layer by layer',
      caption:
        'Cosine-similarity convergence: how far signals that start as noise at a layer (named by colour) still differ further down, as 1 − |cos| between their channel vectors, the median over places and pairs; the mean over images with its 95 % interval. A line that falls says that the start survives as a factor only. Dashed: independent Gaussian vectors with as many channels. Variants that carry no signal to the image are listed below as not applicable.',
      x: 'layers, from the start down to the image',
      scale: 'log',
      lines,
    },
  ]
}

/** Convergence at the image (or the lowest layer with several channels) from each start, and its way there as curves. */
export function summariseConvergence(given: readonly Row[], facts: readonly VariantFacts[]): Summary {
  const rows = inStudyOrder(given, facts)
  const findings: Measurement[] = []
  const curves: Curve[] = []
  const byVariant = groupRows(rows, ({ variant }) => variant)
  const starts = startsOf(rows)
  for (const { id } of facts) {
    const byStart = groupRows(byVariant.get(id) ?? [], ({ protocol }) => String(protocol['start']))
    for (const start of starts) {
      const own = byStart.get(start)
      if (!own) continue
      const levels = levelsOf(start, own)
      findings.push(findingOf(levels, own))
      curves.push(...curvesOf(id, start, levels))
    }
  }
  return { findings, curves, figures: figuresOf(curves), notes: notesOf(rows) }
}

/** Start layers, those with the longest way to the image first. */
function startsOf(rows: readonly Row[]): string[] {
  const depth = new Map<string, number>()
  for (const { protocol } of rows) {
    const start = String(protocol['start'])
    depth.set(start, Math.max(depth.get(start) ?? 0, Number(protocol['step'])))
  }
  return [...depth].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([start]) => start)
}
