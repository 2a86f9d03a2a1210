import { parseNpy } from '@saliency/core'
import { unzipSync } from 'fflate'
import { expect, it } from 'vitest'
import { hasCard, type OpenPage, saved, settled, showOnly } from '../open-page.ts'

/** Where maps are computed: threads, a graphics card, and what is said where there is none. */
export function engines(opened: () => OpenPage): void {
  it.skipIf(!hasCard)(
    'computes on WebGPU what WebAssembly computes, and says where it does not',
    async () => {
      const { page } = opened()
      const line = () => page.locator('[data-engine]').innerText()
      const engine = page.getByRole('combobox', { name: 'Engine' })
      await page.getByRole('button', { name: 'Residual', exact: true }).click()
      await page.locator('[data-network=residual]').waitFor()
      expect(await line()).toMatch(
        /^WebAssembly \(ONNX Runtime [\d.]+\), 1 thread, which is faster for a small network\.$/,
      )
      await showOnly(page, 1)
      const expected = unzipSync(await saved(page, 'Save maps (.npz)'))

      // A browser without a card says so, and goes on.
      const [worker] = page.workers()
      await worker?.evaluate(() => {
        const { gpu } = navigator as unknown as { gpu: object }
        Object.assign(globalThis, { card: gpu })
        Object.defineProperty(navigator, 'gpu', {
          value: { requestAdapter: async () => null },
          configurable: true,
        })
      })
      await engine.selectOption('webgpu')
      await expect
        .poll(line, { timeout: 60_000 })
        .toMatch(/^WebAssembly .*; WebGPU finds no graphics card\.$/)
      await worker?.evaluate(() => {
        const { card } = globalThis as unknown as { card: object }
        Object.defineProperty(navigator, 'gpu', { value: card })
      })

      await engine.selectOption('wasm')
      await expect.poll(line, { timeout: 60_000 }).toMatch(/^WebAssembly [^;]*$/)
      await engine.selectOption('webgpu')
      await expect
        .poll(line, { timeout: 90_000 })
        .toMatch(/^WebGPU \(.*its maps of a small network equal WebAssembly's/)
      await settled(page)
      const own = unzipSync(await saved(page, 'Save maps (.npz)'))
      expect(Object.keys(own)).toEqual(Object.keys(expected))
      for (const [name, bytes] of Object.entries(own)) {
        const [values, wanted] = [bytes, expected[name] as Uint8Array].map((one) =>
          [...parseNpy(one, name).data].map(Number),
        )
        const largest = Math.max(...(wanted as number[]).map(Math.abs), 1e-12)
        const error =
          Math.max(...(values as number[]).map((value, at) => Math.abs(value - Number(wanted?.[at])))) /
          largest
        expect([name, error < 1e-3]).toEqual([name, true])
      }
      expect(await line()).not.toContain('cannot compute')
    },
  )
}
