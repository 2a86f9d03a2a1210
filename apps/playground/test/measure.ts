// What a visitor waits for, and what is loaded: a table. Quiet machine, two cores.
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toOnnx } from '@saliency/engine-onnxruntime'
import { seededPublicModel } from '@saliency/zoo'
import type { Page } from 'playwright-core'
import { dropPaths, type OpenPage, servePage } from './open-page.ts'

const settled = (page: Page) => page.locator('.status button:disabled').waitFor({ timeout: 300_000 })

/** Waits until so many maps of a method are there. */
const maps = (page: Page, method: string, count: number) =>
  page.waitForFunction(
    ([prefix, least]) =>
      document.querySelectorAll(`.map:not(.old)[data-variant^="${prefix}"]`).length >= Number(least),
    [method, count] as const,
    { timeout: 300_000 },
  )

const print = (what: string, value: string) => console.log(`${what.padEnd(74)} ${value}`)

async function timed(what: string, run: () => Promise<unknown>): Promise<void> {
  const start = performance.now()
  await run()
  print(what, `${((performance.now() - start) / 1000).toFixed(2)} s`)
}

/** Bytes of the first load as they lie in the folder, without the WebAssembly of ONNX Runtime. */
function loaded({ requests }: OpenPage, folder: string): number {
  const paths = new Set(
    requests.map((url) => new URL(url).pathname).filter((path) => !path.endsWith('.wasm')),
  )
  const names = [...paths].flatMap((path) => /^\/isolated\/path\/(.*)$/.exec(path)?.[1] ?? [])
  return names.reduce((sum, name) => sum + statSync(join(folder, name || 'index.html')).size, 0)
}

/** How far things jumped without anybody having done anything: 0 is best, 0.1 is called good. */
const layoutShift = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const shifts = list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[]
          resolve(shifts.reduce((sum, one) => sum + (one.hadRecentInput ? 0 : one.value), 0))
        }).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(0), 500)
      }),
  )

const served = await servePage()
try {
  const { model, weights } = (await seededPublicModel('mobilenet-v2', 1)).model
  const file = join(mkdtempSync(join(tmpdir(), 'saliency-measure-')), 'mobilenet.onnx')
  writeFileSync(file, toOnnx({ outputs: { scores: model.logits } }, weights))

  const start = performance.now()
  const opened = await served.open('', 'isolated')
  const { page } = opened
  await page.locator('.map:not(.old)').first().waitFor()
  print(
    'from the address to the first map, nothing cached',
    `${((performance.now() - start) / 1000).toFixed(2)} s`,
  )
  await settled(page)
  print('from the address to all 77 maps', `${((performance.now() - start) / 1000).toFixed(2)} s`)
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`
  print('sent besides the WebAssembly, compressed', megabytes(served.sent()))
  print('the same as it lies in the folder', megabytes(loaded(opened, served.folder)))
  print('layout shift until then', (await layoutShift(page)).toFixed(3))
  print('engine', await page.locator('[data-engine]').innerText())

  await timed('another demo network is chosen: first map', async () => {
    await page.getByRole('button', { name: 'VGG', exact: true }).click()
    await page.locator('[data-network=vgg]').waitFor()
    await page.locator('.map:not(.old)').first().waitFor()
  })
  await settled(page)
  await timed('another class is clicked: all maps, similarities and chance levels', async () => {
    await page.locator('.predictions button').nth(1).click()
    await settled(page)
  })
  const slider = page.getByRole('slider', { name: 'Randomise from the top' })
  await timed('the slider is moved by one block: the same', async () => {
    await slider.press('ArrowRight')
    await settled(page)
  })
  await slider.press('ArrowLeft')
  await settled(page)
  await timed('the slider is moved to where it was before: the same', async () => {
    await slider.press('ArrowRight')
    await settled(page)
  })
  await timed('MobileNet-V2 (224², 14 MB) is dropped: first map', async () => {
    await dropPaths(page, [file])
    await page.locator('[data-network=mobilenet]').waitFor({ timeout: 120_000 })
    await page.locator('.map:not(.old)').first().waitFor({ timeout: 120_000 })
  })
  await timed('and then all maps of the CAM family', () => maps(page, 'gradcampp/', 13))
  await page.getByRole('button', { name: 'Stop' }).click()
  await timed('another class of it is clicked: all CAMs with similarities', async () => {
    for (const hide of (await page.locator('.family h2 [aria-pressed=true]').all()).slice(1).toReversed())
      await hide.click()
    await settled(page)
    await page.locator('.predictions button').nth(1).click()
    await settled(page)
  })
} finally {
  await served.close()
}
