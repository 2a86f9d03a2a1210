import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { type ServedPage, settled, showOnly } from '../open-page.ts'

/** Everything that a person can have chosen, as the page shows it. */
async function shown(page: Page): Promise<Record<string, unknown>> {
  await settled(page)
  const pressed = (group: string) => page.locator(`${group} [aria-pressed=true]`).allInnerTexts()
  return {
    network: await page.locator('[data-network]').getAttribute('data-network'),
    picture: await page.locator('.thumbnails [aria-pressed=true] canvas').getAttribute('aria-label'),
    layer: await page.getByLabel('Target layer of Grad-CAM').inputValue(),
    engine: await page.getByRole('combobox', { name: 'Engine' }).inputValue(),
    channels: await page.getByLabel('Channels').inputValue(),
    families: (await pressed('.family h2')).length,
    pairs: await page.getByLabel('Each rectified map beside').isChecked(),
    overlay: await page.getByRole('slider', { name: 'Overlay' }).inputValue(),
    step: await page.getByRole('slider', { name: 'Randomise from the top' }).inputValue(),
    finding: await page.locator('.finding').innerText(),
    likely: await page.locator('.predictions button').allInnerTexts(),
  }
}

/** Addresses: what one machine shows, another one shows again. */
export function linking(served: () => ServedPage): void {
  it('has an address of everything that was chosen for a network of the page, and steps back from it', async () => {
    const { page } = await served().open('#network=vgg&picture=shape-1001-00003', 'isolated')
    await page.locator('.map:not(.old)').first().waitFor()
    await showOnly(page, 1)
    const layers = page.getByLabel('Target layer of Grad-CAM')
    const other = (await layers.locator('option').allInnerTexts()).find((name) => name.includes('relu')) ?? ''
    await layers.selectOption(other)
    await page.waitForURL((url) => url.hash.includes(`layer=${encodeURIComponent(other)}`))
    await page.locator('.input-panel > summary').click()
    await page.getByLabel('Channels').selectOption('BGR')
    await page.waitForURL((url) => url.hash.includes('BGR'))
    await page.getByRole('combobox', { name: 'Engine' }).selectOption('wasm')
    await page.waitForURL((url) => url.hash.includes('engine=wasm'))
    await page.locator('.predictions button').nth(1).click()
    await page.getByLabel('Each rectified map beside').check()
    await page.getByRole('slider', { name: 'Overlay' }).press('ArrowRight')
    const all = await shown(page)
    expect(all).toMatchObject({
      network: 'vgg',
      picture: 'Picture shape-1001-00003',
      layer: other,
      engine: 'wasm',
      channels: 'BGR',
      families: 1,
      pairs: true,
      overlay: '1.25',
      step: '0',
    })
    expect(all['finding']).toMatch(/^Maps of \w+ instead of \w+\./)

    // A host that sends no headers: one thread, and the same maps.
    const { page: again } = await served().open(new URL(page.url()).hash, 'some')
    await again.locator('.map:not(.old)').first().waitFor()
    expect(await shown(again)).toEqual(all)
    expect(await again.locator('[data-engine]').innerText()).toMatch(
      /1 thread, since the host sends no headers/,
    )
    await again.close()

    // The overlay is no step of its own.
    await page.goBack()
    await expect.poll(() => shown(page), { timeout: 20_000 }).toEqual({ ...all, pairs: false, overlay: '1' })
    await page.goBack()
    await page.locator('.finding', { hasText: 'the predicted class' }).waitFor()
    await page.goBack()
    await expect.poll(async () => (await shown(page))['engine']).toBe('auto')
    await page.goForward()
    await page.goForward()
    await page.goForward()
    await expect.poll(() => shown(page), { timeout: 20_000 }).toEqual(all)

    await page.getByRole('slider', { name: 'Randomise from the top' }).press('ArrowRight')
    await page.waitForURL((url) => url.hash.includes('step=1'))
    expect(await shown(page)).toMatchObject({ step: '1', layer: other, engine: 'wasm' })
    await page.close()
  })
}
