import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { type OpenPage, openVerdict, type ServedPage, settled, showOnly } from '../open-page.ts'

/** What a visitor finds who has not touched anything yet. */
export function filling(opened: () => OpenPage, served: () => ServedPage): void {
  it('loads no more than a megabyte besides WebAssembly, where a host sends what is compressed', () => {
    expect(served().sent()).toBeGreaterThan(5e5)
    expect(served().sent()).toBeLessThan(1e6)
  })

  it('stands still while it fills', async () => {
    const { page } = opened()
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const observer = new PerformanceObserver((list) => {
            const shifts = list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[]
            resolve(shifts.reduce((sum, one) => sum + (one.hadRecentInput ? 0 : one.value), 0))
          })
          observer.observe({ type: 'layout-shift', buffered: true })
          setTimeout(() => resolve(0), 500)
        }),
    )
    // What is called good for pages in general is 0.1.
    expect(shift).toBeLessThan(0.05)
  })
}

/** A screen reader's eyes, who is asked for what, and a keyboard alone. */
export function habits(opened: () => OpenPage): void {
  it('has nothing that axe finds serious, in light and in dark', async () => {
    const { page } = opened()
    await openVerdict(page)
    // One family of maps stands for all.
    await showOnly(page, 1)
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = await page.evaluate<{ violations: { id: string; impact: string }[] }>('axe.run()')
      expect(found.violations.map(({ id, impact }) => `${id}: ${impact}`)).toEqual([])
    }
  })

  it('asks for nothing once it is open, and could not reach another host', async () => {
    const { page, requests, complaints } = opened()
    await settled(page)
    const [before, own] = [requests.length, new URL(page.url()).origin]
    await page.locator('.predictions button').nth(1).click()
    await settled(page)
    expect(requests.slice(before).filter((url) => !url.startsWith('blob:'))).toEqual([])
    expect(requests.filter((url) => !url.startsWith(own) && !/^(blob|data):/.test(url))).toEqual([])
    expect(complaints).toEqual([])
    const reach = () =>
      fetch('https://example.org/').then(String, (error: unknown) => `refused: ${String(error)}`)
    expect(await page.evaluate(reach)).toMatch(/^refused/)
    // The first worker computes; others are its threads, which answer nobody while they wait.
    expect(await page.workers()[0]?.evaluate(reach)).toMatch(/^refused/)
    expect(complaints.some((text) => text.includes('Content Security Policy'))).toBe(true)
  })

  it('is worked by keyboard alone, on screens of every width', async () => {
    const { page } = opened()
    const focused = () =>
      page.evaluate(() => {
        const { activeElement } = document
        const outline = activeElement ? getComputedStyle(activeElement).outlineStyle : 'none'
        return `${activeElement?.textContent?.trim().slice(0, 12) ?? ''} ${outline}`
      })
    await settled(page)
    await page.locator('h1').click()
    const order: string[] = []
    for (let count = 0; count < 3; count++) {
      await page.keyboard.press('Tab')
      order.push(await focused())
    }
    expect(order).toEqual(['Residual solid', 'VGG solid', 'Transformer solid'])
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await page.locator('[data-network=vgg]').waitFor()
    await page.locator('.predictions button').first().focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('.finding', { hasText: /^Maps of \w+ instead of \w+\./ }).waitFor()
    expect(await page.locator('.finding').getAttribute('aria-live')).toBe('polite')
    for (const width of [400, 3840]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    }
    await page.setViewportSize({ width: 1280, height: 900 })
  })
}
