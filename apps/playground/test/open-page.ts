import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { build } from 'vite'

const app = fileURLToPath(new URL('..', import.meta.url))

/** Debian's Chromium, or another one that is installed. */
export const executablePath: string | undefined = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path))

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
}

/** A static host that knows nothing but files, and serves the page below a path. */
function host(folder: string, headers: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = '/' }, answer) => {
    const path = join(folder, url.replace(/^\/some\/path\//, '').replace(/\?.*/, '') || 'index.html')
    if (!existsSync(path)) return void answer.writeHead(404).end()
    const type = types[extname(path)] ?? 'application/octet-stream'
    answer.writeHead(200, { 'content-type': type, ...headers }).end(readFileSync(path))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

/** The built page, served and open in a browser. */
export interface OpenPage {
  readonly page: Page
  /** Addresses that were asked for since the page is open. */
  readonly requests: string[]
  /** What the browser complained of. */
  readonly complaints: string[]
  close(): Promise<void>
}

/** Builds the page and opens it. */
export async function openPage(headers: Readonly<Record<string, string>> = {}): Promise<OpenPage> {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-page-'))
  await build({ root: app, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
  const server = await host(folder, headers)
  const browser: Browser = await chromium.launch({
    executablePath: String(executablePath),
    args: ['--no-sandbox'],
  })
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const [requests, complaints]: [string[], string[]] = [[], []]
  page.on('request', (request) => requests.push(request.url()))
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/some/path/`)
  return {
    page,
    requests,
    complaints,
    async close() {
      await browser.close()
      server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Waits until nothing is computed, and gives what the page says. */
export async function settled(page: Page): Promise<string> {
  await page.locator('.status button:disabled').waitFor({ timeout: 60_000 })
  return page.locator('.status p').innerText()
}

/** Drops files on the page, as a person does. */
export async function drop(page: Page, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const encoded = Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])
  const dataTransfer = await page.evaluateHandle((all) => {
    const made = new DataTransfer()
    for (const [name = '', text = ''] of all) {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
      made.items.add(new File([bytes], name, { type: name.endsWith('.png') ? 'image/png' : '' }))
    }
    return made
  }, encoded)
  await page.dispatchEvent('main', 'drop', { dataTransfer })
}
