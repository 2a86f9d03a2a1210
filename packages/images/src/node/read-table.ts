import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import type { KnownClasses } from '@saliency/core'
import { parseTable } from '../table.ts'
import type { Listing } from './files.ts'

/** The file of that name as the disk spells it: an é of one character may be one of two there, and the other way round. */
function asSpelled(path: string): string {
  const spellings = [path, path.normalize('NFC'), path.normalize('NFD')]
  return spellings.every((one) => one === path) ? path : (spellings.find((one) => existsSync(one)) ?? path)
}

/**
 * Reads a table of images; paths are relative to the table.
 * @throws INVALID_INPUT naming the line
 */
export async function readTable(file: string, known: KnownClasses): Promise<Listing> {
  const { rows, ...named } = parseTable(await readFile(file, 'utf8'), file, known)
  const resolve = (name: string) => asSpelled(isAbsolute(name) ? name : join(dirname(file), name))
  const entries = rows.map((row) => ({
    ...row,
    id: row.path,
    path: resolve(row.path),
    masks: row.masks.map(resolve),
  }))
  return { entries, ...named }
}
