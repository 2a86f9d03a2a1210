import { strToU8 } from 'fflate'
import { expect, it } from 'vitest'
import { fixture, teachableMachine, zoo } from '../fixtures.ts'
import { drop, type Files, type OpenPage, showOnly } from '../open-page.ts'

/** Networks of every format. */
export function bringing(opened: () => OpenPage): void {
  /** Drops a network, and gives its classes once its first map is there. */
  async function classesOf(name: string, files: Files): Promise<string[]> {
    const { page } = opened()
    await drop(page, files)
    await page.locator(`[data-network="${name}"], .status [role=alert]`).first().waitFor()
    expect(await page.locator('.status [role=alert]').allInnerTexts()).toEqual([])
    await page.locator('.map:not(.old)').first().waitFor()
    // What is left is not waited for; a small network is ready by now.
    await page.evaluate(() => document.querySelector<HTMLButtonElement>('.status button')?.click())
    return (await page.locator('.predictions .name').allInnerTexts()).toSorted()
  }

  it('reads a network of every format that is dropped, and says where its input is guessed', async () => {
    const { page } = opened()
    // What was hidden stays so in the next network.
    await showOnly(page, 1)
    const workers = page.workers().length
    const numbered = (count: number) => Array.from({ length: count }, (_, index) => `class ${index}`)
    const external = {
      'external.onnx': fixture('external.onnx'),
      'external.onnx.data': fixture('external.onnx.data'),
    }
    expect(await classesOf('external', external)).toEqual(numbered(4))
    expect(await page.locator('.loud').innerText()).toMatch(/^Guessed/)
    expect(await classesOf('tiny', { 'tiny.h5': fixture('tiny.h5') })).toEqual(numbered(3))
    const described = {
      'other.keras': fixture('tiny.keras'),
      'preprocess.json': strToU8('{"input": {"height": 16, "width": 16}, "classes": ["owl", "cat", "eel"]}'),
    }
    expect(await classesOf('other', described)).toEqual(['cat', 'eel', 'owl'])
    expect(await page.locator('.loud').count()).toBe(0)
    const folder = Object.fromEntries(
      ['model.json', 'weights.bin', 'preprocess.json'].map((name) => [
        `mine/${name}`,
        zoo(`residual/${name}`),
      ]),
    )
    expect(await classesOf('mine', folder)).toHaveLength(5)
    expect(await classesOf('machine', { 'machine.zip': teachableMachine() })).toHaveLength(5)
    expect(await page.locator('.family h2 [aria-pressed=true]').count()).toBe(1)
    expect(page.workers()).toHaveLength(workers)
  })
}
