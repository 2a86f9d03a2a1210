import { messageOf, oneChannel } from '@saliency/core'
import { type Cost, costOf, resolveSelections, traceVariants, type VariantSet } from '@saliency/explain'
import Table from 'cli-table3'
import pc from 'picocolors'
import type { PluginRecord } from '../discovery/plugin.ts'
import type { Registry } from '../discovery/registry.ts'
import { type CommonFlags, openProject } from './discover.ts'
import type { Terminal } from './terminal.ts'

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

const table = (head: string[], widths?: (number | null)[]) =>
  new Table({
    head: head.map((text) => pc.bold(text)),
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    ...(widths && { colWidths: widths }),
  })

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
  const { loadModel } = await import('../models.ts')
  const { model } = await loadModel(source, { root })
  const selections = registry.methods.map((method) => ({ method, options: {} }))
  return describeVariants(traceVariants(model, resolveSelections(selections), registry.methods))
}

function toJson({ records }: Registry, cost: CostReport | undefined): string {
  const plugins = records.map(({ methods, checks, ...record }) => ({
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
  }))
  return JSON.stringify({ plugins, ...(cost && { cost }) }, undefined, 2)
}

function origin({ package: name, version, source, path }: PluginRecord): string {
  return `${name}${version === '' ? '' : ` ${version}`}\n${pc.dim(`${source}${path === '' ? '' : `: ${path}`}`)}`
}

function printMethods(terminal: Terminal, records: readonly PluginRecord[]): void {
  const rows = table(['method', 'variant', 'handling', 'counterpart', 'from'])
  const methods = records
    .flatMap((record) => record.methods.map((method) => ({ record, method })))
    .filter(({ record }) => record.status === 'ok')
    .sort((a, b) => (a.method.id < b.method.id ? -1 : 1))
  for (const { record, method } of methods) {
    Object.entries(method.variants).forEach(([name, { handling, counterpart = '', role }], index) => {
      const what = role === 'control' ? `${handling} (control)` : handling
      rows.push([
        index === 0 ? pc.bold(method.id) : '',
        name,
        what,
        counterpart,
        index === 0 ? `${record.package}${record.version && ` ${record.version}`}` : '',
      ])
    })
  }
  terminal.out(rows.toString())
}

function printChecks(terminal: Terminal, records: readonly PluginRecord[]): void {
  const rows = table(['check', 'title', 'from'])
  for (const record of records.filter(({ status }) => status === 'ok')) {
    for (const check of record.checks)
      rows.push([
        pc.bold(check.id),
        check.title,
        `${record.package}${record.version && ` ${record.version}`}`,
      ])
  }
  terminal.out(rows.toString())
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
  const rows = table(['variant', 'alone (forward passes)', 'added', 'backward passes', 'operators'])
  for (const { id, forwards, added, backwardPasses, nodes } of report.variants) {
    rows.push([id, forwards.toFixed(2), added.toFixed(2), backwardPasses, nodes])
  }
  const { forwards, backwardPasses, nodes } = report.together
  rows.push([
    pc.bold('all in one graph'),
    pc.bold(forwards.toFixed(2)),
    '',
    pc.bold(String(backwardPasses)),
    nodes,
  ])
  terminal.out(
    `\nCost for ${report.model}, in multiply-adds relative to one forward pass\n${rows.toString()}`,
  )
  terminal.out(
    `All variants in one graph take ${backwardPasses} distinct backward passes for ${report.variants.length} variants.`,
  )
  for (const { id, reason } of report.unavailable) terminal.out(pc.red(`${id}: ${reason}`))
}

/** `saliency list`: methods, variants and checks, where each came from, and what failed to load and why. */
export async function list(flags: ListFlags, terminal: Terminal): Promise<number> {
  const { registry, root } = await openProject(flags, { toleratesFailures: true })
  const cost = flags.cost === undefined ? undefined : await costReport(flags.cost, registry, root)
  if (flags.json) terminal.out(toJson(registry, cost))
  else {
    printMethods(terminal, registry.records)
    terminal.out('')
    printChecks(terminal, registry.records)
    printProblems(terminal, registry.records)
    if (cost) printCost(terminal, cost)
  }
  return 0
}
