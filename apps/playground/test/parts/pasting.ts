import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import type { OpenPage } from '../open-page.ts'

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

/** The colours of the picture that is shown: above and below its middle, or left and right of it. */
const sides = (page: Page, name: string, axis: 'rows' | 'columns') =>
  page
    .locator(`.thumbnails button[aria-pressed=true] canvas[aria-label="Picture ${name}"]`)
    .evaluate((found, along) => {
      const { width, height } = found as HTMLCanvasElement
      const at = (share: number) => {
        const [x, y] = along === 'rows' ? [width / 2, share * height] : [share * width, height / 2]
        const context = (found as HTMLCanvasElement).getContext('2d')
        const [red = 0, , blue = 0] = context?.getImageData(x, y, 1, 1).data ?? []
        return red > blue ? 'red' : 'blue'
      }
      return [at(0.2), at(0.8)]
    }, axis)

/** Red on the left, blue on the right. */
const twoSides = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#00f' } }).composite([
    { input: { create: { width: width / 2, height, channels: 3, background: '#f00' } }, left: 0, top: 0 },
  ])

/** Ways in besides dropping: the clipboard, and dialogs for files. */
export function pasting(opened: () => OpenPage): void {
  /** Clicks a button, and chooses files in the dialog that opens. */
  async function chooseIn(button: string, files: Parameters<Page['setInputFiles']>[1]): Promise<void> {
    const { page } = opened()
    const dialog = page.waitForEvent('filechooser')
    await page.locator('.bring label', { hasText: button }).click()
    await (await dialog).setFiles(files)
  }

  it('takes a picture from the clipboard, twice under two names', async () => {
    const { page } = opened()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const png = (await twoSides(40, 40).png().toBuffer()).toString('base64')
    await page.evaluate(async (text) => {
      const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0))
      const blob = new Blob([bytes], { type: 'image/png' })
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
    }, png)
    for (const name of ['image.png', 'image.png 2']) {
      await page.keyboard.press('Control+V')
      await page.locator(`.thumbnails [aria-pressed=true] [aria-label="Picture ${name}"]`).waitFor()
      expect(await sides(page, name, 'columns')).toEqual(['red', 'blue'])
    }
    await page.locator('.map:not(.old)').first().waitFor()
  })

  it('takes a photo of a camera, a network of two files and a folder from dialogs', async () => {
    const { page } = opened()
    // Twelve megapixels, and a note that says to turn it.
    const photo = await twoSides(4000, 3000).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    await chooseIn('Pictures', { name: 'IMG_0001.JPG', mimeType: 'image/jpeg', buffer: photo })
    await page.locator('.thumbnails [aria-pressed=true] [aria-label="Picture IMG_0001.JPG"]').waitFor()
    expect(await sides(page, 'IMG_0001.JPG', 'rows')).toEqual(['red', 'blue'])
    await chooseIn('Files', [path('fixtures/external.onnx'), path('fixtures/external.onnx.data')])
    await page.locator('[data-network=external]').waitFor()
    await chooseIn('Folder', path('../../../packages/zoo/models/vgg'))
    await page.locator('[data-network=vgg]').waitFor()
    expect(await page.locator('.thumbnails [aria-pressed=true] canvas').getAttribute('aria-label')).toBe(
      'Picture IMG_0001.JPG',
    )
    await page.locator('.map:not(.old)').first().waitFor()
  })
}
