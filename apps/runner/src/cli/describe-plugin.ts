import type { Check, Method, OptionSpec, OptionSpecs } from '@saliency/core'
import pc from 'picocolors'
import { type Registry, selectOne } from '@saliency/toolkit/project'
import type { Terminal } from './terminal.ts'

/** Columns of the smallest terminal that people use. */
const WIDTH = 80

/** Text in lines of at most 80 columns, each behind an indent; a word that is longer has a line of its own. */
function wrapped(text: string, indent: number): string {
  const lines: string[] = ['']
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (indent + line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.map((line) => ' '.repeat(indent) + line).join('\n')
}

/** What an option takes. */
function kindOf(spec: OptionSpec): string {
  if (spec.type === 'choice') return `one of ${spec.choices.join(', ')}`
  if (spec.type === 'boolean') return 'true or false'
  if (spec.type === 'string') return 'a text'
  const { minimum, maximum, type } = spec
  const bounds = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
  ]
  return [type === 'integer' ? 'a whole number' : 'a number', ...bounds].join(', ')
}

function printOptions(options: OptionSpecs, terminal: Terminal): void {
  const specs = Object.entries(options)
  if (specs.length > 0) terminal.out(pc.bold('\noptions'))
  for (const [name, spec] of specs) {
    terminal.out(`  ${name}`)
    terminal.out(
      wrapped(`${spec.description} Takes ${kindOf(spec)}; default ${JSON.stringify(spec.default)}.`, 6),
    )
  }
}

function printReferences(references: readonly string[], terminal: Terminal): void {
  if (references.length > 0) terminal.out(pc.bold('\nreferences'))
  for (const reference of references) terminal.out(wrapped(reference, 2))
}

function printVariants({ variants }: Method, terminal: Terminal): void {
  terminal.out(pc.bold('\nvariants'))
  for (const [name, { description, handling, counterpart, options }] of Object.entries(variants)) {
    const set = Object.entries(options).map(([option, value]) => `${option}=${String(value)}`)
    terminal.out(`  ${name} (${handling}${counterpart === undefined ? '' : `; counterpart ${counterpart}`})`)
    terminal.out(wrapped(description, 6))
    if (set.length > 0) terminal.out(wrapped(`sets ${set.join(', ')}`, 6))
  }
}

const isMethod = (plugin: Method | Check): plugin is Method => 'variants' in plugin

/**
 * `saliency list METHOD`: what the variants of a method compute, or what a check does, with options, defaults and references.
 * @throws UNKNOWN_METHOD with the nearest name
 */
export function describePlugin(
  name: string,
  registry: Registry,
  isJson: boolean,
  terminal: Terminal,
): number {
  const plugin = registry.checks.find(({ id }) => id === name) ?? selectOne(name, registry).method
  const { id, title, references, options } = plugin
  if (isJson) {
    const variants = isMethod(plugin) && { variants: plugin.variants }
    terminal.out(JSON.stringify({ format: 1, id, title, references, options, ...variants }, undefined, 2))
    return 0
  }
  terminal.out(`${pc.bold(id)}: ${title}`)
  if (isMethod(plugin)) printVariants(plugin, terminal)
  printOptions(options, terminal)
  printReferences(references, terminal)
  return 0
}
