import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../inspect/project.ts'
import type { Pages } from './catalogue.ts'
import { table } from './markdown.ts'

/** A line of `tools/corpus/measured.jsonl`, as `tools/corpus/measure.ts` writes it. */
interface Measured {
  readonly file: string
  readonly images?: 'any' | 'one'
  readonly difference?: number | null
  readonly gradient?: number | null
  readonly target?: string
  readonly without?: Readonly<Record<string, string>>
  readonly message?: string
}

const exporters = {
  dynamo: 'torch.onnx.export (default)',
  legacy: 'torch.onnx.export(dynamo=False)',
} as const
const batches = { fixed: 'a batch of 1', dynamic: 'an open batch' } as const
const libraries = { tv: 'torchvision', hf: 'transformers' } as const

/** Largest difference that counts as agreement. */
const AGREES = 1e-4
const TRIED = 5

const read = (name: string) => readFileSync(join(root, 'tools/corpus', name), 'utf8')
const nameOf = ({ file }: Measured) => file.split('.')[0] as string
const formOf = ({ file }: Measured) => file.split('.')[1] as string
const loads = ({ target }: Measured) => target !== undefined
const agrees = ({ difference }: Measured) => typeof difference === 'number' && difference <= AGREES
const number = (value: number | null | undefined) =>
  typeof value === 'number' ? value.toExponential(0) : '–'

function libraryOf(name: string): string {
  const [prefix = '', ...rest] = name.split('_')
  const library = Object.hasOwn(libraries, prefix) ? libraries[prefix as keyof typeof libraries] : undefined
  return library ? `${library} ${rest.join('_')}` : `timm ${name}`
}

function summary(rows: readonly Measured[]): string {
  const lines = Object.entries(exporters).flatMap(([exporter, call]) =>
    Object.entries(batches).flatMap(([batch, sentence]) => {
      const own = rows.filter((row) => formOf(row) === `${exporter}-${batch}`)
      const loaded = own.filter(loads)
      const counts = [own.length, loaded.length, loaded.filter(agrees).length].map(String)
      const all = loaded.filter(({ without }) => without && Object.keys(without).length === 0).length
      return own.length === 0 ? [] : [[`${call}, ${sentence}`, ...counts, String(all)]]
    }),
  )
  return table(['export', 'files', 'load', 'agree', `all ${TRIED} variants have a map`], lines)
}

function lineOf(row: Measured): readonly string[] {
  if (!loads(row)) return [libraryOf(nameOf(row)), formOf(row), 'does not load', '', '', '']
  const missing = Object.keys(row.without ?? {}).map((id) => id.split('/')[1] as string)
  const [layer = '', shape = ''] = (row.target ?? '').split(' [')
  const target = row.target?.startsWith('none') ? 'none' : `\`${layer}\` [${shape}`
  const variants = missing.length === 0 ? 'all' : `all but ${missing.join(', ')}`
  const images = row.images === 'one' ? 'image by image' : number(row.difference)
  return [libraryOf(nameOf(row)), formOf(row), images, number(row.gradient), variants, target]
}

/** Each message once, of files and of variants, with the files that have it. */
function reasons(rows: readonly Measured[]): string {
  const files = new Map<string, string[]>()
  for (const { file, message, without = {} } of rows) {
    const found = [...(message === undefined ? [] : [['', message]]), ...Object.entries(without)]
    for (const [variant, sentence = ''] of found) {
      const text = `${variant === '' ? '' : `${variant}: `}${sentence.replaceAll(/\/\S+\//g, '')}`
      files.set(text, [...(files.get(text) ?? []), file])
    }
  }
  const loaded = rows.every(loads) ? 'Every file that the exporters wrote loads.\n\n' : ''
  const lines = [...files].map(
    ([text, names]) => `- ${names.map((name) => `\`${name}\``).join(', ')}: ${text}`,
  )
  return `${loaded}${lines.join('\n')}`
}

/** The table of architectures, from what was measured. */
export function generateArchitectures(pages: Pages): void {
  const rows = read('measured.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Measured)
    .toSorted((a, b) => a.file.localeCompare(b.file))
  const versions = Object.entries(JSON.parse(read('versions.json')) as Record<string, string>)
  const networks = new Set(rows.map(nameOf)).size
  const page = `# Architectures

<!-- Generated from tools/corpus/measured.jsonl by \`npm run generate\`; do not edit. -->

${networks} classifiers with seeded weights, many of them with fewer blocks than those that are published, exported by torch and loaded. Measured with ${versions.map(([name, version]) => `${name} ${version}`).join(', ')}; \`tools/corpus\` repeats it.

A file agrees where logits of two random images are within ${AGREES.toExponential(0)} of ONNX Runtime's on the file itself, relative to the largest where that is above 1. The gradient is compared with torch's in double precision; there is none where finite differences contradict torch's own. A network in single precision is a little off wherever a ReLU's input is nearly zero, torch's as much as this one. The variants tried are gradient, guided backpropagation, Grad-CAM, LRP-ε and FullGrad, on one image.

${summary(rows)}

## What does not load, or does not run

${reasons(rows)}

## Networks

${table(['network', 'export', 'difference', 'gradient', 'variants', 'default target layer'], rows.map(lineOf))}
`
  pages.set('docs/reference/architectures.md', page)
}
