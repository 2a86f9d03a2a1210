import { expect, it } from 'vitest'
import { twoHeads } from '../models.ts'
import { drop, type OpenPage, settled, showOnly } from '../open-page.ts'

/** What a file leaves open is guessed aloud, and can be chosen. */
export function choosing(opened: () => OpenPage): void {
  it('guesses output and size aloud where a file leaves them open, and lets them be chosen', async () => {
    const { page } = opened()
    const names = async () => (await page.locator('.predictions .name').allInnerTexts()).toSorted()
    const numbered = (count: number) => Array.from({ length: count }, (_, index) => `class ${index}`)
    const chooser = (label: string) => page.getByLabel(label)
    await drop(page, { 'heads.onnx': twoHeads() })
    await page.locator('[data-network=heads]').waitFor()
    await showOnly(page, 1)
    const loud = await page.locator('.loud').innerText()
    expect(loud).toContain('takes pictures of any size; 224×224 is guessed')
    expect(loud).toContain('2 outputs that can be scores of classes; kind is guessed')
    expect(await names()).toEqual(numbered(4))

    await chooser('Output with the class scores').selectOption('colour')
    await expect.poll(names, { timeout: 60_000 }).toEqual(numbered(3))
    expect(await page.locator('.loud').innerText()).not.toContain('outputs')
    expect(await chooser('Output with the class scores').locator('option').allInnerTexts()).toEqual([
      'kind',
      'colour',
    ])

    await settled(page)
    const map = page.locator('[data-variant="gradcampp/gradcam-no-relu"] canvas')
    const before = await map.screenshot()
    await chooser('Target layer of Grad-CAM').selectOption('relu')
    await expect.poll(async () => (await map.screenshot()).equals(before), { timeout: 60_000 }).toBe(false)
    expect(await chooser('Target layer of Grad-CAM').inputValue()).toBe('relu')

    await page.getByText('Own values', { exact: true }).click()
    await chooser('Height').fill('24')
    await chooser('Width').fill('40')
    await chooser('Black and white become').fill('0, 255')
    await chooser('Mean, a value a channel').fill('127.5')
    await chooser('Standard deviation').fill('60, 61, 62')
    await page.getByRole('button', { name: 'Use these values' }).click()
    await page.getByText('Input 24×40, RGB').waitFor()
    expect(await page.locator('.loud').count()).toBe(0)
    await settled(page)

    await chooser('Standard deviation').fill('0')
    await page.getByRole('button', { name: 'Use these values' }).click()
    await page.locator('.status [role=alert]').waitFor()
    expect(await page.locator('.status p').innerText()).toMatch(/std must be positive/)
  })
}
