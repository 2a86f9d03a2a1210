import {
  createRandom,
  type Curve,
  type Finding,
  type Row,
  type Summary,
  type VariantFacts,
} from '@saliency/core'
import type { Cells } from '../statistics/cells.ts'
import { contrastOf } from '../statistics/contrast.ts'
import { effectOf, type Effect } from '../statistics/effect.ts'
import { judge, type VerdictOptions } from '../statistics/verdict.ts'
import { undefinedNotes } from '../metrics/undefined-notes.ts'
import { correctContrasts } from './correct-contrasts.ts'
import { curvesOf } from './curves.ts'
import { contrastFinding, effectFinding, verdictFinding } from './findings.ts'
import { inStudyOrder } from './study-order.ts'
import { cellsOf, groupRows, indexOf, intersect } from './table.ts'

/** How the rows of one axis are judged. */
export interface JudgingOptions {
  /** The similarity that is judged; every other is shown. */
  readonly judged: string
  /** Rows that the verdict is about; the rest is shown. Default: all. */
  readonly judges?: (row: Row) => boolean
  readonly verdict?: VerdictOptions
  /** Why a variant is shown and not judged on this axis, if so. */
  readonly notJudged?: (facts: VariantFacts) => string | undefined
  /** True if the axis has steps to draw a curve along. */
  readonly steps?: boolean
  /** True where a draw changes all images together, as random weights do: then draws count beside images. */
  readonly sharedDraws: boolean
  /** What limits every verdict and contrast of this axis. */
  readonly limit?: string
  /** More to say of a variant, from its cells step by step. */
  readonly extra?: (cells: Cells) => Record<string, string | number | null>
}

interface Study {
  readonly options: JudgingOptions
  readonly facts: readonly VariantFacts[]
  /** The judged rows of the judged similarity, by variant. */
  readonly rows: ReadonlyMap<string, Row[]>
}

function undefinedCount(rows: readonly Row[]): number {
  return rows.filter((row) => row.status !== 'ok').length
}

function effectOfRows(
  rows: readonly Row[],
  { sharedDraws }: JudgingOptions,
): { cells: Cells; effect: Effect } {
  const cells = cellsOf(rows, indexOf(rows), sharedDraws)
  return { cells, effect: effectOf(cells) }
}

function limitsOf({ limit }: JudgingOptions, notJudged: string | undefined): string[] {
  return [limit, notJudged].filter((text) => text !== undefined)
}

function verdicts(study: Study): Finding[] {
  return study.facts.flatMap((facts) => {
    const rows = study.rows.get(facts.id)
    if (!rows) return []
    const { cells, effect } = effectOfRows(rows, study.options)
    const notJudged = study.options.notJudged?.(facts)
    return verdictFinding({
      facts,
      metric: study.options.judged,
      effect,
      verdict: judge(effect, study.options.verdict),
      undefinedCount: undefinedCount(rows),
      isJudged: notJudged === undefined,
      limits: limitsOf(study.options, notJudged),
      ...(study.options.extra ? { extra: study.options.extra(cells) } : {}),
    })
  })
}

function contrasts(study: Study): Finding[] {
  return study.facts.flatMap((facts) => {
    const other = study.facts.find(({ id }) => id === facts.counterpart)
    const [rows, others] = [study.rows.get(facts.id), study.rows.get(other?.id ?? '')]
    if (!rows || !others || !other) return []
    const index = intersect(indexOf(rows), indexOf(others))
    const { sharedDraws } = study.options
    const [variant, counterpart] = [cellsOf(rows, index, sharedDraws), cellsOf(others, index, sharedDraws)]
    const random = createRandom('verdict', 'sign flip', facts.id, other.id)
    const contrast = contrastOf(variant, counterpart, random)
    const notJudged = study.options.notJudged?.(facts) ?? study.options.notJudged?.(other)
    return contrastFinding({
      variant: facts.id,
      counterpart: other.id,
      contrast,
      isTested: notJudged === undefined,
      limits: limitsOf(study.options, notJudged),
    })
  })
}

/** s and c of what is shown beside the verdict: other similarities, other choices of the second class. */
function shown(rows: readonly Row[], study: Study): Finding[] {
  const isJudged = study.options.judges ?? (() => true)
  const kind = (row: Row) => (isJudged(row) ? row.metric : `${row.metric} (${row.condition})`)
  const groups = groupRows(rows, (row) => `${row.variant}\n${kind(row)}`)
  return [...groups].flatMap(([key, group]) => {
    const [variant, metric] = key.split('\n') as [string, string]
    if (metric === study.options.judged) return []
    return effectFinding(variant, metric, effectOfRows(group, study.options).effect, undefinedCount(group))
  })
}

function notesOf(rows: readonly Row[], study: Study): string[] {
  const notes = undefinedNotes(rows, 'similarities')
  if (study.rows.size === 0 && rows.length > 0) {
    notes.push(
      `Nothing is judged: the judged similarity, ${study.options.judged}, is not among the recorded ones.`,
    )
  }
  const known = new Set(study.facts.map((facts) => facts.id))
  for (const facts of study.facts) {
    if (facts.counterpart !== undefined && !study.rows.has(facts.counterpart)) {
      notes.push(`${facts.id} is not contrasted: its counterpart ${facts.counterpart} is not in this run.`)
    }
  }
  const strangers = [...study.rows.keys()].filter((variant) => !known.has(variant))
  if (strangers.length > 0)
    notes.push(`Not judged, because this run does not describe them: ${strangers.join(', ')}.`)
  return notes
}

/** Findings, curves (those of the judged similarity first) and notes of one axis, from its rows alone. */
export function summariseVerdicts(
  given: readonly Row[],
  facts: readonly VariantFacts[],
  options: JudgingOptions,
): Summary {
  const rows = inStudyOrder(given, facts)
  const judged = rows.filter((row) => row.metric === options.judged && (options.judges?.(row) ?? true))
  const study: Study = { options, facts, rows: groupRows(judged, (row) => row.variant) }
  const findings = correctContrasts([...verdicts(study), ...contrasts(study), ...shown(rows, study)])
  const others = rows.filter(({ metric }) => metric !== options.judged)
  const drawn =
    rows.length === others.length
      ? rows
      : [...rows.filter(({ metric }) => metric === options.judged), ...others]
  const curves: Curve[] = options.steps ? curvesOf(drawn, options.sharedDraws) : []
  return { findings, curves, notes: notesOf(rows, study) }
}
