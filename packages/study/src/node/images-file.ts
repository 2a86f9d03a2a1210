import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageSet, KnownImage } from '@saliency/images'
import { SaliencyError } from '@saliency/core'
import { writeOnce } from '../system/files.ts'

const pathOf = (folder: string) => join(folder, 'images.jsonl')

/**
 * Says in a run folder what is known of each image file, one line each, so that the processes of a run need not read all of
 * them. What is said already stays.
 * @throws FILE if it cannot be written
 */
export function writeImageList(folder: string, set: ImageSet): void {
  const known = set.known?.()
  if (known) writeOnce(pathOf(folder), known.map((one) => `${JSON.stringify(one)}\n`).join(''))
}

/**
 * What {@link writeImageList} said.
 * @throws INVALID_RUN if a line is damaged
 */
export function readImageList(folder: string): readonly KnownImage[] | undefined {
  const path = pathOf(folder)
  if (!existsSync(path)) return undefined
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as KnownImage)
  } catch (cause) {
    throw new SaliencyError(
      'INVALID_RUN',
      `${path} is damaged: delete it, and \`saliency plan\` with the same options reads the images again.`,
      { cause },
    )
  }
}
