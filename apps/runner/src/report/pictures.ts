import { existsSync } from 'node:fs'
import sharp from 'sharp'
import { writeAtomically } from '../files.ts'
import { pictureFile } from './gallery.ts'
import type { GalleryImage } from './gallery-images.ts'
import type { Study } from '../study/study.ts'

/** Keeps pictures in the run folder, as the model sees them, so that a report needs nothing else. */
export async function keepPictures(
  study: Study,
  folder: string,
  images: readonly GalleryImage[],
): Promise<void> {
  for (const image of images) {
    const path = pictureFile(folder, image)
    if (existsSync(path)) continue
    const loaded = await study.images.read(image.id)
    if (!loaded) continue
    const [, , height = 0, width = 0] = loaded.input.shape
    const raw = { width, height, channels: 3 } as const
    writeAtomically(path, await sharp(Buffer.from(loaded.pixels), { raw }).png().toBuffer(), false)
  }
}
