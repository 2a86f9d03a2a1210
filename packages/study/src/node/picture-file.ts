import { SaliencyError } from '@saliency/core'
import type { StoredPicture } from '../store/run-store.ts'
import { writeAtomically } from '../system/files.ts'
import type { FileFormat } from './file-format.ts'

/** A picture as PNG. */
export const pictureFormat: FileFormat<StoredPicture> = {
  folder: 'pictures',
  ending: '.png',
  async write(path: string, { height, width, pixels }: StoredPicture): Promise<void> {
    const { default: sharp } = await import('sharp')
    const raw = { width, height, channels: 3 } as const
    writeAtomically(path, await sharp(Buffer.from(pixels), { raw }).png().toBuffer(), false)
  },
  async read(path: string): Promise<StoredPicture> {
    const { default: sharp } = await import('sharp')
    try {
      const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true })
      return { height: info.height, width: info.width, pixels: new Uint8Array(data) }
    } catch (cause) {
      throw new SaliencyError('INVALID_RUN', `${path} is damaged: delete it, and it is made again.`, {
        cause,
      })
    }
  },
}
