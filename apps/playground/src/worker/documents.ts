import { resolveSelections } from '@saliency/explain'
import { type EmbedPixels, galleryImages, type Pixels, reportPage } from '@saliency/report'
import { readImageMaps } from '@saliency/study'
import { explainedModel } from '@saliency/toolkit/explained-model'
import { drawPixels } from '../drawing.ts'
import type { JudgedStudy } from './judge.ts'
import { type Network, selectionsOf } from './network.ts'

/** Of the file's shape: the page has no release of its own. */
const VERSION = '0.1.0'

function contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d')
  if (context) return context
  throw new Error('This browser gives no canvas to draw the report on.')
}

function canvasOf(pixels: Pixels): OffscreenCanvas {
  const context = contextOf(pixels.width, pixels.height)
  drawPixels(pixels, context)
  return context.canvas
}

/** The browser's own encoder of pictures. */
const embed: EmbedPixels = async (pixels, side) => {
  const scale = Math.min(1, side / Math.max(pixels.width, pixels.height))
  const fitted = contextOf(Math.round(scale * pixels.width), Math.round(scale * pixels.height))
  fitted.drawImage(canvasOf(pixels), 0, 0, fitted.canvas.width, fitted.canvas.height)
  const file = await fitted.canvas.convertToBlob({ type: 'image/webp', quality: 0.85 })
  const bytes = new Uint8Array(await file.arrayBuffer())
  return `data:${file.type};base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`
}

/** The report that the command writes, of a study in this page. */
export async function reportOf({ run, summary, images }: JudgedStudy): Promise<string> {
  const { record, failures } = run
  const shown = galleryImages(record, images, summary).map(async (image) => ({
    ...image,
    ...(await readImageMaps(run, image)),
  }))
  return reportPage({ record, summary, failures, images: await Promise.all(shown), embed })
}

/** What was studied, every row, and the summary, as JSON. */
export async function runOf({ run, summary }: JudgedStudy): Promise<string> {
  return JSON.stringify({ study: run.record, summary, rows: await run.rows() })
}

/** Network and maps as one ONNX file, as the command exports them. */
export function explainedOf(network: Network, chosen: readonly string[]): Uint8Array {
  const methods = network.methods.filter(({ id }) => chosen.includes(id))
  const variants = resolveSelections(selectionsOf(methods, network.layer))
  return explainedModel(network, { variants, methods: network.methods, version: VERSION }).bytes
}
