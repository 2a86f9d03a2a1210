import { existsSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { writeAtomically } from '../system/files.ts'

/** An image as the model sees it. */
export interface StoredPicture {
  readonly height: number
  readonly width: number
  /** `[h, w, 3]`, 0 to 255. */
  readonly pixels: Uint8Array
}

/** Where a run keeps the picture of an image, by its place in the data set. */
function pictureFile(folder: string, position: number): string {
  return join(folder, 'pictures', `${position}.png`)
}

/** Keeps a picture as the model sees it, so that a report needs nothing but the run folder. */
export async function keepPicture(
  folder: string,
  position: number,
  read: () => Promise<StoredPicture | undefined>,
): Promise<void> {
  const path = pictureFile(folder, position)
  if (existsSync(path)) return
  const picture = await read()
  if (!picture) return
  const { height, width, pixels } = picture
  const raw = { width, height, channels: 3 } as const
  writeAtomically(path, await sharp(Buffer.from(pixels), { raw }).png().toBuffer(), false)
}

/** A picture that a run kept; nothing where it is missing or damaged, since a picture is decoration. */
export async function readPicture(folder: string, position: number): Promise<StoredPicture | undefined> {
  try {
    const image = sharp(pictureFile(folder, position)).removeAlpha().raw()
    const { data, info } = await image.toBuffer({ resolveWithObject: true })
    return { height: info.height, width: info.width, pixels: new Uint8Array(data) }
  } catch {
    return undefined
  }
}
