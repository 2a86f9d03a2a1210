import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { ServedPage } from '../open-page.ts'

const { main } = (await import(
  fileURLToPath(new URL('../../../runner/src/cli/main.ts', import.meta.url))
)) as { main: (args: readonly string[], terminal: object) => Promise<number> }

const residual = fileURLToPath(new URL('../../../../packages/zoo/models/residual', import.meta.url))

/** The command that serves the page for a model on the disk. */
export function serving(served: () => ServedPage): void {
  it('is served for a local model by the command, to this machine alone', async () => {
    const project = mkdtempSync(join(tmpdir(), 'saliency-project-'))
    const installed = join(project, 'node_modules/@saliency/playground')
    const before = process.cwd()
    const stop = new AbortController()
    const said: string[] = []
    const say = (text: string) => void said.push(text)
    const terminal = { out: say, error: say, isTTY: false, signal: stop.signal }
    try {
      process.chdir(project)
      expect(await main(['page', residual], terminal)).toBe(2)
      expect(said.splice(0).join()).toMatch(/npm install @saliency\/playground\.$/)

      mkdirSync(installed, { recursive: true })
      writeFileSync(join(installed, 'package.json'), '{"name": "@saliency/playground"}')
      symlinkSync(served().folder, join(installed, 'dist'))
      expect(await main(['page', 'nowhere.onnx'], terminal)).toBe(2)
      expect(said.splice(0).join()).toMatch(/nowhere\.onnx cannot be read: it does not exist\.$/)

      const running = main(['page', residual], terminal)
      await expect.poll(() => said.length, { timeout: 10_000 }).toBe(2)
      const address = said[0] ?? ''
      const { page } = await served().openAt(address)
      await page.locator('[data-network=residual]').waitFor()
      await page.locator('.map:not(.old)').first().waitFor()
      expect(await page.locator('.loud').count()).toBe(0)
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
      expect(await page.locator('[data-engine]').innerText()).toMatch(/1 thread, which is faster/)
      await page.close()
      const packed = await fetch(new URL('.', address), { headers: { 'accept-encoding': 'br' } })
      expect(packed.headers.get('content-encoding')).toBe('br')
      expect(await packed.text()).toContain('<div id="page">')
      expect((await fetch(new URL('local/../../package.json', address))).status).toBe(404)
      expect((await fetch(new URL('local/..%2f..%2fpackage.json', address))).status).toBe(404)
      expect((await fetch(new URL('local/%e0%a4%a', address))).status).toBe(404)
      // What another page would send that reaches this server under a name of its own.
      const foreign = await once(get(address, { headers: { host: 'example.org' } }), 'response')
      expect((foreign as [IncomingMessage])[0].statusCode).toBe(403)
      stop.abort()
      expect(await running).toBe(0)
    } finally {
      stop.abort()
      process.chdir(before)
      rmSync(project, { recursive: true })
    }
  })
}
