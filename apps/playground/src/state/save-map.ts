import { encodeNpy, tensor } from '@saliency/core'
import type { Pixels } from '@saliency/report'
import { drawPixels } from '../drawing.ts'
import { save } from './save.ts'
import type { Card } from './state.ts'

const fileName = (id: string) => id.replaceAll('/', '.')

/** Saves a map over its picture, as it is shown. */
export async function savePng(id: string, pixels: Pixels | undefined): Promise<void> {
  if (!pixels) return
  const canvas = new OffscreenCanvas(pixels.width, pixels.height)
  const context = canvas.getContext('2d')
  if (!context) return
  drawPixels(pixels, context)
  save(`${fileName(id)}.png`, await canvas.convertToBlob({ type: 'image/png' }))
}

/** Saves a map's values, the signed sum over channels, `[1, 1, h, w]`. */
export function saveNpy(id: string, { plane, values }: Card): void {
  if (!plane || !values) return
  const array = encodeNpy(tensor(values, [1, 1, plane.height, plane.width]))
  save(`${fileName(id)}.npy`, new Uint8Array(array))
}
