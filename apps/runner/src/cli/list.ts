import { messageOf, oneChannel } from '@saliency/core'
import { type Cost, costOf, resolveSelections, traceVariants, type VariantSet } from '@saliency/explain'
import pc from 'picocolors'
import type { PluginRecord, Registry } from '@saliency/toolkit/project'
import { type CommonFlags, openProject } from './discover.ts'
import { describePlugin } from './describe-plugin.ts'
import type { Terminal } from './terminal.ts'
import { type Cell, textTable } from './text-table.ts'

/** Flags of `saliency list`. */
export interface ListFlags extends CommonFlags {
  readonly json?: boolean
  readonly cost?: string
}

interface VariantCost extends Cost {
  readonly id: string
  /** Forward passes that the variant adds to the ones before it. */
  readonly added: number
}

interface CostReport {
  readonly model: string
  readonly variants: readonly VariantCost[]
  readonly together: Cost
  readonly unavailable: readonly { readonly id: string; readonly reason: string }[]
}

/** A package and its version, where it is not the program's own. */
const from = ({ package: name, version, source }: PluginRecord) =>
  source === 'runner' ? '' : `, from ${name}${version && ` ${version}`}`

function describeVariants(set: VariantSet): CostReport {
  const variants: VariantCost[] = []
  const maps = set.traced.map(({ map }) => oneChannel(map))
  let before = 1
  for (const [index, { variant }] of set.traced.entries()) {
    const alone = costOf(set.model, maps.slice(index, index + 1))
    const { forwards } = costOf(set.model, maps.slice(0, index + 1))
    variants.push({ id: variant.id, ...alone, added: forwards - before })
    before = forwards
  }
  const unavailable = set.failures.map(({ variant, error }) => ({ id: variant.id, reason: messageOf(error) }))
  return { model: set.model.name, variants, together: costOf(set.model, maps), unavailable }
}

async function costReport(source: string, registry: Registry, root: string): Promise<CostReport> {
  const { loadModel } = await import('@saliency/toolkit')
  const { model } = await loadModel(source, { root })
  const selections = registry.methods.map((method) => ({ method, options: {} }))
  return describeVariants(traceVariants(model, resolveSelections(selections), registry.methods))
}

function toJson({ records }: Registry, cost: CostReport | undefined): string {
  const plugins = records.map(({ methods, checks, executors, ...record }) => ({
    ...record,
    methods: methods.map(({ id, title, kind, references, options, variants }) => ({
      id,
      title,
      kind,
      references,
      options,
      variants,
    })),
    checks: checks.map(({ id, title, references, options }) => ({ id, title, references, options })),
    executors: executors.map(({ id, schemes }) => ({ id, schemes })),
  }))
  return JSON.stringify({ format: 1, plugins, ...(cost && { cost }) }, undefined, 2)
}

function origin({ package: name, version, source, path }: PluginRecord): string {
  return `${name}${version === '' ? '' : ` ${version}`}\n${pc.dim(`${source}${path === '' ? '' : `: ${path}`}`)}`
}

/** A line for each variant, short enough for 80 columns: how it handles signs, and its counterpart. */
function printMethods(terminal: Terminal, records: readonly PluginRecord[]): void {
  const methods = records
    .flatMap((record) => record.methods.map((method) => ({ record, method })))
    .filter(({ record }) => record.status === 'ok')
    .sort((a, b) => (a.method.id < b.method.id ? -1 : 1))
  for (const { record, method } of methods) {
    terminal.out(`${pc.bold(method.id)}: ${method.title}${from(record)}`)
    for (const [name, { handling, counterpart, role }] of Object.entries(method.variants)) {
      const what = role === 'control' ? `${handling}, control` : handling
      terminal.out(
        `  ${name.padEnd(31)} ${what.padEnd(8)}${counterpart === undefined ? '' : ` ⇄ ${counterpart}`}`.trimEnd(),
      )
    }
  }
}

function printChecks(terminal: Terminal, records: readonly PluginRecord[]): void {
  terminal.out(pc.bold('checks'))
  for (const record of records.filter(({ status }) => status === 'ok'))
    for (const check of record.checks) terminal.out(`  ${check.id.padEnd(25)} ${check.title}${from(record)}`)
}

function printExecutors(terminal: Terminal, { executors }: Registry): void {
  if (executors.length === 0) return
  terminal.out(pc.bold('\nexecutors'))
  for (const { id, schemes } of executors) terminal.out(`  ${id.padEnd(25)} --on ${schemes.join(', ')}`)
}

function printProblems(terminal: Terminal, records: readonly PluginRecord[]): void {
  const bad = records.filter(({ status }) => status !== 'ok')
  if (bad.length === 0) return
  terminal.out(pc.bold('\nNot usable'))
  for (const record of bad) {
    const colour = record.status === 'shadowed' ? pc.yellow : pc.red
    terminal.out(
      colour(
        `  ${record.status.padEnd(12)} ${origin(record).replace('\n', '  ')}\n               ${record.reason ?? ''}`,
      ),
    )
  }
}

function printCost(terminal: Terminal, report: CostReport): void {
  const head = ['variant', 'alone (forward passes)', 'added', 'backward passes', 'operators']
  const rows = report.variants.map(({ id, forwards, added, backwardPasses, nodes }): Cell[] => [
    id,
    forwards.toFixed(2),
    added.toFixed(2),
    backwardPasses,
    nodes,
  ])
  const { forwards, backwardPasses, nodes } = report.together
  rows.push([
    pc.bold('all in one graph'),
    pc.bold(forwards.toFixed(2)),
    '',
    pc.bold(String(backwardPasses)),
    nodes,
  ])
  terminal.out(
    `\nCost for ${report.model}, in multiply-adds relative to one forward pass\n${textTable(head, rows, terminal.columns)}`,
  )
  terminal.out(
    `All variants in one graph take ${backwardPasses} distinct backward passes for ${report.variants.length} variants.`,
  )
  for (const { id, reason } of report.unavailable) terminal.out(pc.red(`${id}: ${reason}`))
}

/** `saliency list`: methods, variants and checks, where each came from, and what failed to load and why. */
export async function list(name: string | undefined, flags: ListFlags, terminal: Terminal): Promise<number> {
  const { registry, root } = await openProject(flags, { toleratesFailures: true })
  if (name !== undefined) return describePlugin(name, registry, flags.json === true, terminal)
  const cost = flags.cost === undefined ? undefined : await costReport(flags.cost, registry, root)
  if (flags.json) terminal.out(toJson(registry, cost))
  else {
    printMethods(terminal, registry.records)
    terminal.out('')
    printChecks(terminal, registry.records)
    printExecutors(terminal, registry)
    terminal.out('\n⇄ the counterpart, which differs in nothing but the handling of signs.')
    terminal.out('saliency list METHOD says what its variants compute, and its options.')
    printProblems(terminal, registry.records)
    if (cost) printCost(terminal, cost)
  }
  return 0
}
