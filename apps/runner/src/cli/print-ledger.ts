import type { LedgerLine } from '@saliency/explain'
import Table from 'cli-table3'
import pc from 'picocolors'

const number = (value: number) => (Math.abs(value) < 5e-7 ? '0' : value.toPrecision(4))

/** The largest loss of a line, in words. */
function cause({ arriving, bias, zero, rest }: LedgerLine): string {
  const losses = [
    ['bias', bias],
    ['zero denominators', zero],
    ['rule', rest],
  ] as const
  const [name, value] = losses.reduce((a, b) => (Math.abs(b[1]) > Math.abs(a[1]) ? b : a))
  return Math.abs(value) > 1e-3 * Math.max(Math.abs(arriving), 1e-6) ? name : ''
}

/** A variant's ledger as a table: what arrives at each operator, what leaves it, and where the rest went. */
export function ledgerTable(title: string, lines: readonly LedgerLine[]): string {
  const head = ['layer', 'operator', 'rule', 'arrives', 'leaves', 'bias', 'zero', 'rest', 'lost to']
  const table = new Table({
    head: head.map((text) => pc.bold(text)),
    style: { head: [], border: [], compact: true },
  })
  for (const line of lines) {
    const { layer, operator, rule, arriving, leaving, bias, zero, rest } = line
    table.push([layer, operator, rule, ...[arriving, leaving, bias, zero, rest].map(number), cause(line)])
  }
  return `${pc.bold(title)}\n${table.toString()}`
}
