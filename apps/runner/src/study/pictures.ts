import { existsSync } from 'node:fs'
import sharp from 'sharp'
import { writeAtomically } from '../files.ts'
import { pictureFile } from '../report/gallery.ts'
import type { StudyRecord } from './run-folder.ts'
import type { Study } from './study.ts'

/** Images whose pictures are kept for the report's gallery. */
const KEPT = 8

/** Keeps the first pictures in the run folder, as the model sees them, so that a report needs nothing else. */
export async function keepPictures(study: Study, record: StudyRecord, folder: string): Promise<void> {
  const group = await study.images.group(0)
  for (const [index, { id }] of group.images.slice(0, KEPT).entries()) {
    const path = pictureFile(folder, index)
    if (existsSync(path) || !record.images.some((image) => image.id === id)) continue
    const loaded = await study.images.picture(id)
    if (!loaded) continue
    const [, , height = 0, width = 0] = loaded.input.shape
    const raw = { width, height, channels: 3 } as const
    writeAtomically(path, await sharp(Buffer.from(loaded.pixels), { raw }).png().toBuffer(), false)
  }
}
