import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import sirv from 'sirv'
import { build } from 'vite'

const app = fileURLToPath(new URL('..', import.meta.url))

/** Debian's Chromium, or another one that is installed. */
export const executablePath: string | undefined = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path))

/** A graphics card in software, as Debian's Chromium brings it. */
const card = ['/usr/lib/chromium/vk_swiftshader_icd.json'].find((path) => existsSync(path))

/** Whether WebGPU can be tried here. */
export const hasCard: boolean = card !== undefined

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

interface Host {
  readonly server: Server
  /** Bytes that were sent below the isolated path, by the name of the file. */
  readonly sent: Map<string, number>
}

/** A static host that knows nothing but files, and serves the page below a path; below another one it isolates the page, and sends what is compressed. */
async function host(folder: string): Promise<Host> {
  const sent = new Map<string, number>()
  const plain = sirv(folder)
  const isolated = sirv(folder, {
    brotli: true,
    setHeaders(answer) {
      for (const [name, value] of Object.entries(isolation)) answer.setHeader(name, value)
    },
  })
  const server = createServer((request, answer) => {
    const [, place = '', path = ''] = /^\/(some|isolated)\/path(\/.*)$/.exec(request.url ?? '') ?? []
    request.url = path || '/none'
    if (place === 'isolated')
      answer.once('finish', () => sent.set(path, Number(answer.getHeader('content-length'))))
    const send = place === 'isolated' ? isolated : plain
    send(request, answer, () => void answer.writeHead(404).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, sent }
}

/** The page, open in a browser. */
export interface OpenPage {
  readonly page: Page
  /** Addresses that were asked for since the page is open. */
  readonly requests: string[]
  /** What the browser complained of. */
  readonly complaints: string[]
}

/** The built page, served: one build, one server, one browser for all tests. */
export interface ServedPage {
  /** Opens it in a new window, at what a link says. */
  open(link?: string, path?: 'some' | 'isolated'): Promise<OpenPage>
  /** Opens another address in a new window. */
  openAt(address: string): Promise<OpenPage>
  /** The processes that pages run in. */
  renderers(): Promise<readonly number[]>
  /** Bytes that were sent to isolated pages, each file once, without WebAssembly. */
  sent(): number
  /** The folder that was built. */
  readonly folder: string
  close(): Promise<void>
}

/** Builds the page, serves it, and starts a browser. */
export async function servePage(): Promise<ServedPage> {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-page-'))
  await build({ root: app, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
  const { server, sent } = await host(folder)
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser = await chromium.launch({
    executablePath: String(executablePath),
    args: [
      '--no-sandbox',
      ...(card === undefined
        ? []
        : ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']),
    ],
    env: { ...process.env, ...(card !== undefined && { VK_DRIVER_FILES: card }) } as Record<string, string>,
  })
  const openAt = async (address: string): Promise<OpenPage> => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const [requests, complaints]: [string[], string[]] = [[], []]
    page.on('request', (request) => requests.push(request.url()))
    page.on('pageerror', ({ message }) => complaints.push(message))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    // A machine that is busy with other tests answers late.
    page.setDefaultTimeout(120_000)
    await page.goto(address)
    return { page, requests, complaints }
  }
  return {
    folder,
    openAt,
    async renderers() {
      const client = await browser.newBrowserCDPSession()
      const { processInfo } = await client.send('SystemInfo.getProcessInfo')
      await client.detach()
      return processInfo.flatMap(({ type, id }) => (type === 'renderer' ? id : []))
    },
    sent: () => [...sent].reduce((sum, [path, bytes]) => sum + (path.endsWith('.wasm') ? 0 : bytes), 0),
    open: (link = '', path = 'some') => openAt(`${origin}/${path}/path/${link}`),
    async close() {
      await browser.close()
      server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Waits until nothing is computed, and gives what the page says. */
export async function settled(page: Page): Promise<string> {
  await page.locator('.status button:disabled').waitFor({ timeout: 120_000 })
  return page.locator('.status p').innerText()
}

/** Leaves the maps of the first families alone. */
export async function showOnly(page: Page, families: number): Promise<void> {
  const hide = await page.locator('.family h2 [aria-pressed=true]').all()
  for (const button of hide.slice(families).toReversed()) await button.click()
}

/** Shows the maps of all families that need few passes a map. */
export async function showAll(page: Page): Promise<void> {
  const show = await page.getByRole('button', { name: 'Show', exact: true }).all()
  // The last first: those before it keep their places.
  for (const button of show.toReversed()) await button.click()
}

/** Opens the part of the page where the verdict is, and what can be saved. */
export async function openVerdict(page: Page): Promise<void> {
  if ((await page.locator('.verdict[open]').count()) === 0) await page.locator('.verdict summary').click()
}

/** A download, by the words on its button. */
export async function saved(page: Page, words: string): Promise<Uint8Array> {
  await openVerdict(page)
  const download = page.waitForEvent('download', { timeout: 60_000 })
  await page.getByRole('button', { name: words }).click()
  return new Uint8Array(readFileSync(await (await download).path()))
}

/** Files by their path. */
export type Files = Readonly<Record<string, Uint8Array>>

/** Drops files and folders from the disk on the page, as a person's file manager does. */
export async function drop(page: Page, files: Files): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-drop-'))
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  const names = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path))
  await dropPaths(
    page,
    [...names].map((name) => join(folder, name)),
  )
}

/** Drops what lies at some paths. */
export async function dropPaths(page: Page, files: readonly string[]): Promise<void> {
  const client = await page.context().newCDPSession(page)
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await client.send('Input.dispatchDragEvent', { type, x: 640, y: 450, data })
  await client.detach()
}
