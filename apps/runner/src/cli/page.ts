import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, extname, join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { locateModel, modelFolder, type ModelLocation } from '@saliency/model-formats/node'
import { dependencyManifest } from '@saliency/toolkit/start'
import sirv from 'sirv'
import { exitCodes } from '../exit-codes.ts'
import { own } from './own.ts'
import type { Terminal } from './terminal.ts'

/** Flags of `saliency page`. */
export interface PageFlags {
  readonly port: number
}

/** Where the page finds the model's files. */
const LOCAL = '/local/'

/** With the first two, WebAssembly has threads. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'no-cache',
}

/** The built page of @saliency/playground, which is installed by those who want it. */
function pageFolder(): string {
  const found = [process.cwd(), own?.folder ?? '']
    .map((from) => dependencyManifest('@saliency/playground', from))
    .find(Boolean)
  const folder = found && join(found.folder, 'dist')
  if (folder && existsSync(join(folder, 'index.html'))) return folder
  throw new SaliencyError(
    'MISSING_PART',
    'The page is a package of its own: npm install @saliency/playground.',
  )
}

/** `model.json` says nothing, its folder's name does. */
function nameOf({ folder, file }: ModelLocation): string {
  const name = basename(file, extname(file))
  return name === 'model' ? basename(folder) : name
}

/** Another page could reach this server under a name of its own; it would send that name. */
const isOwn = ({ headers }: IncomingMessage) => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')

/** The path that is asked for; nothing where its escapes are no text. */
function pathOf({ url = '/' }: IncomingMessage): string | undefined {
  try {
    return decodeURIComponent(url.replace(/[?#].*/, ''))
  } catch {
    return undefined
  }
}

/** The page and, where one is given, the files of a model's folder, to this machine alone. */
function serve(page: string, model: ModelLocation | undefined): Server {
  const setHeaders = (answer: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) answer.setHeader(name, value)
  }
  const pages = sirv(page, { brotli: true, etag: true, setHeaders })
  const models = model && modelFolder(model.folder)
  return createServer(async (request, answer) => {
    if (request.method !== 'GET' || !isOwn(request)) return void answer.writeHead(403).end()
    const path = pathOf(request)
    const missing = () => void answer.writeHead(404).end()
    if (path === undefined) return missing()
    if (!path.startsWith(LOCAL)) return pages(request, answer, missing)
    const bytes = await models?.read(path.slice(LOCAL.length)).catch(() => undefined)
    if (!bytes) return missing()
    answer.writeHead(200, { 'content-type': 'application/octet-stream', ...headers }).end(bytes)
  })
}

/**
 * `saliency page [MODEL]`: serves the page, open with a model of this machine, until it is interrupted.
 * @throws MISSING_PART where the page is not installed; FILE where there is no such model, or the port is taken
 */
export async function pageCommand(
  source: string | undefined,
  { port }: PageFlags,
  terminal: Terminal,
): Promise<number> {
  const page = pageFolder()
  const model = source === undefined ? undefined : await locateModel(source)
  const server = serve(page, model).listen(port, '127.0.0.1')
  await once(server, 'listening').catch((cause: unknown) => {
    throw new SaliencyError('FILE', `Port ${port} cannot be used: choose another one, or none.`, { cause })
  })
  const query = model ? `?${new URLSearchParams({ local: model.file, name: nameOf(model) })}` : ''
  terminal.out(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${query}`)
  terminal.error('Open this address in a browser; Ctrl-C ends it. Nothing leaves this machine.')
  if (!terminal.signal.aborted) await once(terminal.signal, 'abort')
  server.closeAllConnections()
  server.close()
  return exitCodes.ok
}
