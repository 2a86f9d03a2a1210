import sharp from 'sharp'
import type { Pixels } from './overlay-pixels.ts'

/** A picture inside the page: WebP, a tenth of PNG where a photograph shines through. */
export async function embedPixels({ data, width, height }: Pixels, side: number): Promise<string> {
  const webp = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 85, smartSubsample: true })
    .toBuffer()
  return `data:image/webp;base64,${webp.toString('base64')}`
}
