import type { LedgerLine } from '@saliency/explain'
import pc from 'picocolors'
import { textTable } from './text-table.ts'

const number = (value: number) => (Math.abs(value) < 5e-7 ? '0' : value.toPrecision(4))

/** Every loss of a line, in words: which constant kept it, a zero denominator, or the operator's rule. */
function lossesOf({ constants, operator, rule, bias, zero, rest }: LedgerLine): readonly [string, number][] {
  return [
    [constants.join(', ') || 'bias', bias],
    ['zero denominators', zero],
    [operator === 'Softmax' ? 'softmax' : `rule ${rule}`, rest],
  ]
}

/** The largest loss of a line. */
function cause(line: LedgerLine): string {
  const [name, value] = lossesOf(line).reduce((a, b) => (Math.abs(b[1]) > Math.abs(a[1]) ? b : a))
  return Math.abs(value) > 1e-3 * Math.max(Math.abs(line.arriving), 1e-6) ? name : ''
}

/** What started, and where most of it was lost. */
function summary(lines: readonly LedgerLine[]): string {
  const losses = new Map<string, number>()
  for (const [name, value] of lines.flatMap(lossesOf)) losses.set(name, (losses.get(name) ?? 0) + value)
  const started = lines[0]?.arriving ?? 0
  const lost = [...losses.values()].reduce((sum, value) => sum + value, 0)
  const most = [...losses]
    .toSorted((a, b) => Math.abs(b[1]) - Math.abs(a[1]))
    .filter(([, value]) => Math.abs(value) > 1e-3 * Math.abs(started))
    .slice(0, 12)
  const list = most.map(([name, value]) => `${name} ${number(value)}`).join('; ')
  return `${number(started)} started, ${number(started - lost)} arrives at the image. Kept or lost on the way: ${list || 'nothing'}.`
}

/** A variant's ledger as a table: what arrives at each operator, what leaves it, and where the rest went. */
export function ledgerTable(title: string, lines: readonly LedgerLine[], columns?: number): string {
  const head = ['layer', 'operator', 'rule', 'arrives', 'leaves', 'constants', 'zero', 'rest', 'lost to']
  const rows = lines.map((line) => {
    const { layer, operator, rule, arriving, leaving, bias, zero, rest } = line
    return [layer, operator, rule, ...[arriving, leaving, bias, zero, rest].map(number), cause(line)]
  })
  return `${pc.bold(title)}\n${textTable(head, rows, columns)}\n${summary(lines)}`
}
