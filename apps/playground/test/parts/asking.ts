import { expect, it } from 'vitest'
import { type OpenPage, settled } from '../open-page.ts'

/** Classes, links, and the back button. */
export function asking(opened: () => OpenPage): void {
  it('shows every map of a network of its own, and compares them when another class is clicked', async () => {
    const { page } = opened()
    const maps = page.locator('[data-variant]')
    expect(await maps.count()).toBeGreaterThan(60)
    expect(await page.locator('.map.old').count()).toBe(0)
    await page.locator('.predictions button').nth(1).click()
    await settled(page)
    const similar = await page.locator('[data-variant="gradcampp/gradcam-plus"] .similarity').innerText()
    expect(similar).toMatch(/0\.\d\d · chance −?0\.\d\d\s*hardly moves/)
    const gradcam = await page.locator('[data-variant="gradcampp/gradcam"] .similarity').innerText()
    expect(gradcam).toMatch(/\smoves$/)
    expect(await page.locator('.finding strong').innerText()).toMatch(/^\d+ of \d+ maps hardly move\.$/)
  })

  it('shows what was looked at before at once, and each rectified map beside its signed counterpart', async () => {
    const { page } = opened()
    const slider = page.getByRole('slider', { name: 'Randomise from the top' })
    await slider.focus()
    await page.keyboard.press('ArrowRight')
    await settled(page)
    expect(await page.locator('.finding').innerText()).toContain('1 block of the network drawn anew')
    await page.keyboard.press('ArrowLeft')
    await settled(page)
    const worker = page.workers()[0]
    const runs = () => worker?.evaluate(() => performance.getEntriesByName('maps').length)
    const before = await runs()
    expect(before).toBeGreaterThan(0)
    await page.keyboard.press('ArrowRight')
    await page.locator('[data-variant="lrp/epsilon"] .similarity strong:not(:empty)').waitFor()
    await settled(page)
    expect(await runs()).toBe(before)
    await page.keyboard.press('Home')
    await settled(page)

    await page.getByLabel('Each rectified map beside its signed counterpart').check()
    const pair = page.getByRole('group', { name: 'guided beside gradient' })
    expect(await pair.locator('.handling').allInnerTexts()).toEqual(['positive', 'signed'])
    await page.getByLabel('Each rectified map beside its signed counterpart').uncheck()
  })

  it('has an address that shows the same again, and a back button that works', async () => {
    const { page } = opened()
    await page.getByRole('button', { name: 'Residual' }).click()
    await page.locator('[data-network="residual"]').waitFor()
    await page.getByRole('button', { name: 'Picture shape-1001-00002' }).click()
    await page.waitForURL(/#network=residual&picture=shape-1001-00002$/)
    await page.locator('.predictions button').nth(1).click()
    await page.waitForURL(/&target=\d+$/)
    expect(await page.locator('.finding').innerText()).toMatch(/^Maps of \w+ instead of heart\./)
    await page.goBack()
    await page.locator('.finding', { hasText: 'the predicted class' }).waitFor()
  })
}
