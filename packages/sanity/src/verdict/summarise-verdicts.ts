import {
  createRandom,
  type Curve,
  type Finding,
  type Row,
  type Summariser,
  type VariantFacts,
} from '@saliency/core'
import type { Cells } from '../statistics/cells.ts'
import { contrastOf } from '../statistics/contrast.ts'
import { effectOf } from '../statistics/effect.ts'
import { judge, type VerdictOptions } from '../statistics/verdict.ts'
import { countUndefined, undefinedIn, type UndefinedRows } from '../metrics/undefined-notes.ts'
import { correctContrasts } from './correct-contrasts.ts'
import { curvesOf } from './curves.ts'
import { contrastFinding, effectFinding, verdictFinding } from './findings.ts'
import { type Compared, comparedOf, onCommon } from './compared.ts'
import { cellsOf, groupRows, indexOf } from './table.ts'

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

function undefinedCount(rows: readonly Row[]): number {
  return rows.filter((row) => row.status !== 'ok').length
}

function limitsOf({ limit }: JudgingOptions, notJudged: string | undefined): string[] {
  return [limit, notJudged].filter((text) => text !== undefined)
}

function verdictOf(
  facts: VariantFacts,
  rows: readonly Row[],
  cells: Cells,
  options: JudgingOptions,
): Finding {
  const effect = effectOf(cells)
  const notJudged = options.notJudged?.(facts)
  return verdictFinding({
    facts,
    metric: options.judged,
    effect,
    verdict: judge(effect, options.verdict),
    undefinedCount: undefinedCount(rows),
    isJudged: notJudged === undefined,
    limits: limitsOf(options, notJudged),
    ...(options.extra ? { extra: options.extra(cells) } : {}),
  })
}

function contrastsOf(
  all: readonly VariantFacts[],
  compared: ReadonlyMap<string, Compared>,
  options: JudgingOptions,
): Finding[] {
  return all.flatMap((facts) => {
    const other = all.find(({ id }) => id === facts.counterpart)
    const [own, beside] = [compared.get(facts.id), compared.get(other?.id ?? '')]
    if (!own || !beside || !other) return []
    const [variant, counterpart] = onCommon(own, beside, options.sharedDraws)
    const random = createRandom('verdict', 'sign flip', facts.id, other.id)
    const notJudged = options.notJudged?.(facts) ?? options.notJudged?.(other)
    return contrastFinding({
      variant: facts.id,
      counterpart: other.id,
      contrast: contrastOf(variant, counterpart, random),
      isTested: notJudged === undefined,
      limits: limitsOf(options, notJudged),
    })
  })
}

/** s and c of what is shown beside the verdict: other similarities, other choices of the second class. */
function shownOf(variant: string, rows: readonly Row[], options: JudgingOptions): Finding[] {
  const isJudged = options.judges ?? (() => true)
  const groups = groupRows(rows, (row) => (isJudged(row) ? row.metric : `${row.metric} (${row.condition})`))
  groups.delete(options.judged)
  return [...groups].map(([metric, group]) => {
    const cells = cellsOf(group, indexOf(group), options.sharedDraws)
    return effectFinding(variant, metric, effectOf(cells), undefinedCount(group))
  })
}

/** What is missing where variants are judged or contrasted. */
function notesOn(facts: readonly VariantFacts[], found: ReadonlySet<string>, rows: number, judged: string) {
  const notes: string[] = []
  if (found.size === 0 && rows > 0)
    notes.push(`Nothing is judged: the judged similarity, ${judged}, is not among the recorded ones.`)
  for (const { id, counterpart } of facts)
    if (counterpart !== undefined && !found.has(counterpart))
      notes.push(`${id} is not contrasted: its counterpart ${counterpart} is not in this run.`)
  const known = new Set(facts.map(({ id }) => id))
  const strangers = [...found].filter((variant) => !known.has(variant))
  if (strangers.length > 0)
    notes.push(`Not judged, because this run does not describe them: ${strangers.join(', ')}.`)
  return notes
}

/** What one variant's rows come to. */
export interface MeasuredVerdict {
  readonly undefinedRows: UndefinedRows
  /** Whether there are rows that the verdict is about. */
  readonly isFound: boolean
  readonly verdict?: Finding
  /** What its contrasts need, if it has any. */
  readonly compared?: Compared
  readonly shown: readonly Finding[]
  /** Curves of the judged similarity, and of the others. */
  readonly curves: { readonly judged: readonly Curve[]; readonly others: readonly Curve[] }
}

/**
 * Findings, curves (those of the judged similarity first) and notes of one axis, from its rows alone. Of the rows of
 * earlier variants only what their contrasts need is kept.
 */
export function verdictSummariser(
  facts: readonly VariantFacts[],
  options: JudgingOptions,
): Summariser<MeasuredVerdict> {
  const { judged, judges = () => true, sharedDraws } = options
  const described = new Map(facts.map((one) => [one.id, one]))
  const counterparts = new Set(facts.map(({ counterpart }) => counterpart))
  const isContrasted = (id: string) => counterparts.has(id) || described.get(id)?.counterpart !== undefined
  const undefinedRows = countUndefined('similarities')
  const found = new Set<string>()
  const compared = new Map<string, Compared>()
  const verdicts = new Map<string, Finding>()
  const shown: Finding[] = []
  const curves: Record<'judged' | 'others', Curve[]> = { judged: [], others: [] }

  function judgedOf(variant: string, rows: readonly Row[]): Pick<MeasuredVerdict, 'verdict' | 'compared'> {
    const index = indexOf(rows)
    const cells = cellsOf(rows, index, sharedDraws)
    const own = described.get(variant)
    return {
      ...(isContrasted(variant) && { compared: comparedOf(index, cells) }),
      ...(own && { verdict: verdictOf(own, rows, cells, options) }),
    }
  }

  function curvesIn(variant: string, rows: readonly Row[]): MeasuredVerdict['curves'] {
    const of: Record<'judged' | 'others', Curve[]> = { judged: [], others: [] }
    for (const [metric, group] of options.steps ? groupRows(rows, (row) => row.metric) : [])
      of[metric === judged ? 'judged' : 'others'].push(...curvesOf(variant, metric, group, sharedDraws))
    return of
  }

  return {
    measure(variant, rows) {
      const own = rows.filter((row) => row.metric === judged && judges(row))
      return {
        undefinedRows: undefinedIn(rows),
        isFound: own.length > 0,
        ...(own.length > 0 && judgedOf(variant, own)),
        shown: shownOf(variant, rows, options),
        curves: curvesIn(variant, rows),
      }
    },
    add(variant, measured) {
      undefinedRows.add(measured.undefinedRows)
      if (measured.isFound) found.add(variant)
      if (measured.compared) compared.set(variant, measured.compared)
      if (measured.verdict) verdicts.set(variant, measured.verdict)
      shown.push(...measured.shown)
      curves.judged.push(...measured.curves.judged)
      curves.others.push(...measured.curves.others)
    },
    finish() {
      const findings = facts.flatMap(({ id }) => verdicts.get(id) ?? [])
      findings.push(...contrastsOf(facts, compared, options), ...shown)
      return {
        findings: correctContrasts(findings),
        curves: [...curves.judged, ...curves.others],
        notes: [...undefinedRows.notes(), ...notesOn(facts, found, undefinedRows.all, judged)],
      }
    },
  }
}
