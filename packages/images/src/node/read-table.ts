import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { decodeText, type KnownClasses, lfsPointer, SaliencyError, spellings } from '@saliency/core'
import { parseTable } from '../table.ts'
import type { Listing } from './files.ts'

/** The file of that name as the disk spells it. */
function asSpelled(path: string): string {
  const [, ...others] = spellings(path)
  return others.length === 0 ? path : (spellings(path).find((one) => existsSync(one)) ?? path)
}

/**
 * Reads a table of images; paths are relative to the table.
 * @throws INVALID_INPUT naming the line, or what the file is if it is none
 */
export async function readTable(file: string, known: KnownClasses): Promise<Listing> {
  const bytes = await readFile(file)
  const pointer = lfsPointer(bytes)
  if (pointer !== undefined) throw new SaliencyError('INVALID_INPUT', `${file} ${pointer}`)
  const { rows, ...named } = parseTable(decodeText(bytes), file, known)
  const resolve = (name: string) => asSpelled(isAbsolute(name) ? name : join(dirname(file), name))
  const entries = rows.map((row) => ({
    ...row,
    id: row.path,
    path: resolve(row.path),
    masks: row.masks.map(resolve),
  }))
  return { entries, ...named }
}
