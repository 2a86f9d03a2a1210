import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Curve } from '@saliency/core'
import { PUBLISHED, STEPS } from './published.ts'

/** What `saliency report RUN --json` prints, as far as it is read here. */
interface Report {
  readonly checks: readonly { readonly curves?: readonly Curve[] }[]
}

const { positionals } = parseArgs({ allowPositionals: true })
const report = JSON.parse(readFileSync(positionals[0] ?? 0, 'utf8')) as Report
const curves = report.checks
  .flatMap(({ curves: own = [] }) => own)
  .filter(({ metric }) => metric === 'spearman')

const format = (values: readonly (number | null | undefined)[]) =>
  values.map((value) => (value === null || value === undefined ? '–' : value.toFixed(3)).padStart(7)).join('')

console.log(`${''.padEnd(52)}${STEPS.map((step) => step.padStart(7)).join('')}`)
for (const [name, published] of Object.entries(PUBLISHED)) {
  const curve = curves.find(({ variant }) => variant.startsWith(name))
  const own = STEPS.map((step) => curve?.points.find(({ label }) => label === step)?.y)
  console.log(`${name.padEnd(44)}${'paper'.padEnd(8)}${format(published)}`)
  console.log(`${''.padEnd(44)}${'here'.padEnd(8)}${format(own)}`)
}
