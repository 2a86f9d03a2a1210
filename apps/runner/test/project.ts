import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { storedRows, type StudyRow } from '@saliency/study'
import { folderStore } from '@saliency/study/node'
import { planStudy, runStudy } from '@saliency/toolkit'
import { afterAll } from 'vitest'
import { main } from '../src/cli/main.ts'

const fixtures = join(dirname(fileURLToPath(import.meta.url)), 'fixtures')

/** An empty folder that is removed when the file's tests are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A project with plugins of the fixtures installed and declared. */
export function projectWith(
  plugins: readonly string[],
  undeclared: readonly string[] = [],
  folder: string = temporaryFolder(),
): string {
  const dependencies = Object.fromEntries(plugins.map((name) => [name, '*']))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', dependencies }))
  for (const name of [...plugins, ...undeclared]) {
    cpSync(join(fixtures, 'plugins', name), join(folder, 'node_modules', name), { recursive: true })
  }
  return folder
}

/** Computes the smallest study that has rows of a check. @returns the run folder */
export async function smallRun(root: string): Promise<string> {
  const planned = await planStudy(
    {
      model: 'residual',
      images: { procedural: 'shapes', count: 8 },
      methods: ['guided/gradient'],
      checks: [['class-sensitivity', { similarities: 'spearman' }]],
      out: 'run',
    },
    { root },
  )
  await runStudy(planned)
  return planned.folder
}

/** All rows of a run. */
export async function rowsIn(folder: string): Promise<readonly StudyRow[]> {
  return storedRows(folderStore(folder))
}

/** What a command printed, and its exit code. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly error: string
}

/** Runs a command line inside this process. */
export async function saliency(args: readonly string[], signal?: AbortSignal): Promise<Outcome> {
  const [out, error]: [string[], string[]] = [[], []]
  const code = await main(args, {
    out: (text) => void out.push(text),
    error: (text) => void error.push(text),
    isTTY: false,
    signal: signal ?? new AbortController().signal,
  })
  return { code, out: out.join('\n'), error: error.join('\n') }
}
