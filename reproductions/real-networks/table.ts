/**
 * Prints the verdicts of several networks as Markdown, one table a check.
 *
 *     saliency report runs/real/NAME --json > NAME.json
 *     jiti table.ts NAME.json NAME.json …
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Finding } from '@saliency/core'

/** What `saliency report RUN --json` prints, as far as it is read here. */
interface Report {
  readonly checks: readonly { readonly title: string; readonly findings: readonly Finding[] }[]
}

const short = (value: number) => value.toFixed(2).replace('0.', '.').replace('-.00', '.00')

function estimated({ value, interval }: Finding): string {
  if (value === null) return '–'
  return interval ? `${short(value)} [${short(interval[0])}, ${short(interval[1])}]` : short(value)
}

/** Outcome with e, and behind it what is retained of the counterpart's dependence. */
function cell(findings: readonly Finding[], variant: string): string {
  const own = findings.filter((finding) => finding.variant === variant)
  const verdict = own.find(({ kind }) => kind === 'verdict')
  const contrast = own.find(({ kind }) => kind === 'contrast')
  if (!verdict) return ''
  const retained = contrast && contrast.outcome === undefined ? `; retains ${estimated(contrast)}` : ''
  return `${verdict.outcome ?? 'shown'}, ${estimated(verdict)}${retained}`
}

const files = process.argv.slice(2)
const reports = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Report)
const titles = new Set(reports.flatMap(({ checks }) => checks.map(({ title }) => title)))
for (const title of titles) {
  const columns = reports.map(({ checks }) => checks.find((check) => check.title === title)?.findings ?? [])
  const variants = new Set(columns.flatMap((findings) => findings.map(({ variant }) => variant)))
  console.log(`\n### ${title}\n`)
  console.log(`| variant | ${files.map((file) => basename(file, '.json')).join(' | ')} |`)
  console.log(`|---|${files.map(() => '---|').join('')}`)
  for (const variant of variants) {
    console.log(`| ${variant} | ${columns.map((findings) => cell(findings, variant)).join(' | ')} |`)
  }
}
