import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { thousandClasses } from '../models.ts'
import { drop, type OpenPage, type ServedPage } from '../open-page.ts'

/** Bytes that a process holds, as Linux counts them. */
const heldBy = (process: number) =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1])

/** Networks of many megabytes, and what is left of them when they are gone. */
export function large(opened: () => OpenPage, served: () => ServedPage): void {
  it('takes a network of 100 MB, names its thousand classes, and gives its memory back', async () => {
    const { page } = opened()
    const held = async () => {
      const processes = await served().renderers()
      return Math.max(...processes.map(heldBy))
    }
    const workers = page.workers().length
    const bytes = thousandClasses(5120)
    expect(bytes.length).toBeGreaterThan(100e6)
    const left: number[] = []
    for (const round of ['first', 'second']) {
      await drop(page, { [`${round}.onnx`]: bytes })
      await page.locator(`[data-network=${round}]`).waitFor({ timeout: 60_000 })
      await page.locator('.map:not(.old)').first().waitFor({ timeout: 60_000 })
      await page.evaluate(() => document.querySelector<HTMLButtonElement>('.status button')?.click())
      expect(await page.locator('[data-engine]').innerText()).toMatch(/, [2-8] threads[.;]/)
      expect(await page.locator('.loud').innerText()).toContain('guessed to be those of ImageNet')
      expect(await page.locator('.predictions .name').first().innerText()).toMatch(/[a-z]{3}/)
      const most = await held()
      await page.getByRole('button', { name: 'VGG', exact: true }).click()
      await page.locator('[data-network=vgg]').waitFor()
      // A network of two million numbers takes its worker with it.
      await expect.poll(held, { timeout: 20_000 }).toBeLessThan(most - bytes.length)
      left.push(await held())
    }
    expect(page.workers()).toHaveLength(workers)
    expect(Math.max(...left)).toBeLessThan(1.3 * Number(left[0]) + 5e7)
  })
}
