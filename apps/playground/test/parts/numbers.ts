import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Method, parseNpy } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { openExplainer, resolveSelections } from '@saliency/explain'
import { normaliseRaster } from '@saliency/images'
import gradcampp from '@saliency/method-gradcampp'
import guided from '@saliency/method-guided'
import lrp from '@saliency/method-lrp'
import fullgrad from '@saliency/method-fullgrad'
import baseline from '@saliency/method-baseline'
import rectgrad from '@saliency/method-rectgrad'
import { loadModel } from '@saliency/model-formats/node'
import { referenceFolder } from '@saliency/testing'
import { unzipSync } from 'fflate'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { drop, type OpenPage, saved, showAll } from '../open-page.ts'

const resnet = join(referenceFolder, 'models/cifar10-resnet20')

/** The page's maps are those of the native library. */
export function numbers(opened: () => OpenPage): void {
  it.skipIf(!existsSync(resnet))('maps of ResNet-20 are those of the native library', async () => {
    const { page } = opened()
    const random = Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => (at * 7919 + ((at * at) % 251)) % 256)
    const picture = await sharp(random, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toBuffer()
    const files = ['model.onnx', 'preprocess.json'].map(
      (name) => [name, readFileSync(join(resnet, name))] as const,
    )
    await drop(page, { ...Object.fromEntries(files), 'noise.png': picture })
    await page.locator('[data-network="model"]').waitFor()
    await page.locator('.map:not(.old)').first().waitFor()
    await showAll(page)
    const maps = unzipSync(await saved(page, 'Save maps (.npz)'))

    const loaded = await loadModel(join(resnet, 'model.onnx'))
    if (!loaded.preprocess) throw new Error('internal: ResNet-20 has no preprocessing')
    const images = normaliseRaster({ height: 32, width: 32, data: random, maximum: 255 }, loaded.preprocess)
    const methods = [gradcampp, guided, lrp, fullgrad, rectgrad, baseline].flat() as Method[]
    const quick = methods.filter(({ kind }) => kind !== 'sampling')
    const variants = resolveSelections(quick.map((method) => ({ method, options: {} })))
    const explainer = openExplainer(loaded, { engine: await openOnnxRuntime(), variants, methods })
    const { data: logits } = await explainer.predict(images)
    const targets = [logits.indexOf(Math.max(...logits))]
    const worst = (await explainer.explain({ images, targets, ids: ['noise.png'] })).map(
      ({ id, data, shape }) => {
        const own = parseNpy(maps[`${id.replaceAll('/', '.')}.npy`] ?? new Uint8Array(), id)
        expect([id, own.shape]).toEqual([id, shape])
        const largest = data.reduce((found, value) => Math.max(found, Math.abs(value)), 0)
        return {
          id,
          error:
            Math.max(...data.map((value, at) => Math.abs(value - Number(own.data[at])))) / (largest || 1),
        }
      },
    )
    await explainer.dispose()
    expect(worst.length).toBeGreaterThan(60)
    expect(worst.filter(({ error }) => !(error < 1e-3))).toEqual([])
  })
}
