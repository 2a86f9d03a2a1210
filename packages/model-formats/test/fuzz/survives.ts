import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createRandom, type Random, SaliencyError } from '@saliency/core'
import { expect } from 'vitest'

/** Mutants of each format: `SALIENCY_FUZZ=10000` makes the long run. */
const MUTANTS = Number(process.env['SALIENCY_FUZZ'] ?? 2000)

/** What nobody waits for, and what no small file may need. */
const SECONDS = 10
const PEAK = 2 ** 30

/** Words of the interpreter and of the program's own insides: no message for whoever has a broken file. */
const INSIDES =
  /internal|Cannot read prop|is not a function|is not iterable|undefined|Maximum call stack|Invalid (array|typed array|string) length|out of memory|BigInt|\[object/i

/** One kind of file. */
export interface FuzzedFormat {
  /** The file's name, or a path in a folder: messages must say it. */
  readonly file: string
  /** The file undamaged: it must be read, or damage shows nothing. */
  readonly seed: Uint8Array
  /** A damaged file; undefined where the damage cannot be written. */
  mutate(random: Random, draw: number): Uint8Array | undefined
  /** Reads the file as a user's command does. */
  load(path: string): Promise<unknown>
  /** The file carries a checksum, so that every damage is refused. */
  readonly isSealed?: boolean
  /** Other files beside it. */
  readonly beside?: Readonly<Record<string, Uint8Array>>
}

/** What is wrong with how a mutant was refused; undefined where nothing is. */
function wrong(error: unknown, file: string): string | undefined {
  if (!SaliencyError.is(error)) return `crash: ${String((error as Error)?.stack ?? error)}`
  const { message } = error
  if (message.includes('\n') && error.code !== 'UNSUPPORTED_MODEL') return `more than one line: ${message}`
  if (!message.includes(basename(file))) return `does not name the file: ${message}`
  if (message.length > 2000) return `${message.length} characters: ${message.slice(0, 200)}`
  return INSIDES.test(message) ? `speaks of insides: ${message}` : undefined
}

/**
 * Reads many damaged files: each is read or refused with one line that names it, within seconds and in little memory.
 * Every problem is collected, so that one run shows all kinds.
 */
export async function survives(format: FuzzedFormat): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-fuzz-'))
  const path = join(folder, format.file)
  mkdirSync(dirname(path), { recursive: true })
  for (const [name, bytes] of Object.entries(format.beside ?? {})) writeFileSync(join(folder, name), bytes)
  writeFileSync(path, format.seed)
  await format.load(path)
  // Other tests of the same process may have needed more before.
  const most = Math.max(PEAK, process.resourceUsage().maxRSS * 1024 + PEAK / 2)
  const problems: string[] = []
  const counts = { read: 0, refused: 0 }
  try {
    for (let draw = 0; draw < MUTANTS; draw++) {
      const bytes = format.mutate(createRandom('fuzz', format.file, draw), draw)
      if (!bytes) continue
      writeFileSync(path, bytes)
      const start = performance.now()
      try {
        await format.load(path)
        counts.read += 1
      } catch (error) {
        counts.refused += 1
        const problem = wrong(error, format.file)
        if (problem !== undefined) problems.push(`mutant ${draw}: ${problem}`)
      }
      const seconds = (performance.now() - start) / 1000
      if (seconds > SECONDS) problems.push(`mutant ${draw}: ${seconds.toFixed(1)} s`)
      const peak = process.resourceUsage().maxRSS * 1024
      if (peak > most) {
        problems.push(`mutant ${draw}: memory rose to ${(peak / 2 ** 20).toFixed(0)} MiB`)
        break
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  expect(problems.slice(0, 12).join('\n')).toBe('')
  // Damage must do something, and must not do everything; but to a file with a checksum.
  expect(counts.refused).toBeGreaterThan(MUTANTS / 20)
  if (format.isSealed) expect(counts.read).toBe(0)
  else expect(counts.read).toBeGreaterThan(0)
}
