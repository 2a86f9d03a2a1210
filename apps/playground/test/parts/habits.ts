import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { type OpenPage, openVerdict, settled, showOnly } from '../open-page.ts'

/** A screen reader's eyes, and who is asked for what. */
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
    for (const worker of page.workers()) expect(await worker.evaluate(reach)).toMatch(/^refused/)
    expect(complaints.some((text) => text.includes('Content Security Policy'))).toBe(true)
  })
}
