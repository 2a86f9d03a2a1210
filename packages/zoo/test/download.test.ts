import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { download, modelCachePath } from '../src/index.ts'

const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31) % 251))
const sha256 = createHash('sha256').update(content).digest('hex')
const quick = { delay: 1 }

type Handler = (request: IncomingMessage, response: ServerResponse) => void
let server: Server
let handler: Handler
let requests: IncomingMessage[]
let folder: string
let url: string
let destination: string

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request)
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/files/weights.h5`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zoo-'))
  destination = join(folder, 'deep', 'weights.h5')
  requests = []
  handler = (request, response) => serve(request, response)
})
afterEach(() => rm(folder, { recursive: true }))

/** Deep equality of large arrays is slow. */
const isWhole = async () => content.equals(await readFile(destination))

/** Answers like a file server that knows ranges; `stopAfter` breaks the connection after so many bytes. */
function serve(request: IncomingMessage, response: ServerResponse, etag = '"v1"', stopAfter?: number): void {
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
  const resumes = range !== null && request.headers['if-range'] === etag
  const start = resumes ? Number(range[1]) : 0
  if (start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end()
    return
  }
  const body = content.subarray(start)
  response.writeHead(resumes ? 206 : 200, { 'content-length': body.length, etag })
  if (stopAfter === undefined) response.end(body)
  else response.write(body.subarray(0, stopAfter), () => setTimeout(() => response.destroy(), 20))
}

describe('download', () => {
  it('fetches a file, checks it, records what it is, and does not fetch it again', async () => {
    const progress: (readonly [number, number | undefined])[] = []
    const remote = { url, size: content.length, sha256 }
    await download(remote, destination, { onProgress: (...step) => progress.push(step) })
    expect(await isWhole()).toBe(true)
    expect(progress.at(-1)).toEqual([content.length, content.length])
    expect(JSON.parse(await readFile(`${destination}.json`, 'utf8'))).toEqual({
      url,
      size: content.length,
      sha256,
    })
    await download(remote, destination)
    expect(requests).toHaveLength(1)
    expect(existsSync(`${destination}.part.etag`)).toBe(false)
  })

  it('follows redirects', async () => {
    handler = (request, response) =>
      request.url === '/moved'
        ? serve(request, response)
        : response.writeHead(302, { location: '/moved' }).end()
    await download({ url, sha256 }, destination)
    expect(requests.map((request) => request.url)).toEqual(['/files/weights.h5', '/moved'])
    expect(await isWhole()).toBe(true)
  })

  it('resumes after a broken connection', async () => {
    handler = (request, response) =>
      serve(request, response, '"v1"', requests.length < 3 ? 100_000 : undefined)
    await download({ url, sha256 }, destination, quick)
    expect(await isWhole()).toBe(true)
    expect(requests.map((request) => request.headers.range)).toEqual([
      undefined,
      'bytes=100000-',
      'bytes=200000-',
    ])
  })

  it('gives up after some retries, keeps the beginning, and goes on when asked again', async () => {
    handler = (request, response) => serve(request, response, '"v1"', 100_000)
    await expect(download({ url, sha256 }, destination, { ...quick, retries: 1 })).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(/Run the command again to go on/),
    })
    expect(existsSync(destination)).toBe(false)
    handler = (request, response) => serve(request, response)
    await download({ url, sha256 }, destination)
    expect(requests.at(-1)?.headers.range).toBe('bytes=200000-')
    expect(await isWhole()).toBe(true)
  })

  it('begins again if the file on the server has changed meanwhile', async () => {
    handler = (request, response) => serve(request, response, '"old"', 50_000)
    await expect(download({ url }, destination, { ...quick, retries: 0 })).rejects.toMatchObject({
      code: 'DOWNLOAD',
    })
    handler = (request, response) => serve(request, response, '"new"')
    await download({ url, sha256 }, destination)
    expect(await isWhole()).toBe(true)
  })

  it('finishes a file of which nothing was missing but the check', async () => {
    await download({ url }, destination)
    await rm(destination)
    await writeFile(`${destination}.part`, content)
    await writeFile(`${destination}.part.etag`, '"v1"')
    await download({ url, sha256 }, destination)
    expect(await isWhole()).toBe(true)
  })

  it.each([
    ['SHA-256', { sha256: '0'.repeat(64) }, /sha256/],
    ['MD5', { md5: '0'.repeat(32) }, /md5/],
    ['size', { size: 5 }, /its size is 300000, but should be 5/],
  ])('refuses a file of another %s and leaves nothing behind', async (_, wrong, message) => {
    await expect(download({ url, ...wrong }, destination)).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(message),
    })
    expect([destination, `${destination}.part`, `${destination}.json`].some((path) => existsSync(path))).toBe(
      false,
    )
  })

  it('says what the server answers, without trying again', async () => {
    handler = (_, response) => response.writeHead(404, 'Not Found').end('gone')
    await expect(download({ url }, destination, quick)).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('answers 404 Not Found'),
    })
    expect(requests).toHaveLength(1)
  })

  it('tries again while the server is overloaded', async () => {
    handler = (request, response) =>
      requests.length < 3 ? response.writeHead(503).end() : serve(request, response)
    await download({ url, sha256 }, destination, quick)
    expect(requests).toHaveLength(3)
  })

  it('says that nobody answers, and where to put the file by hand', async () => {
    await expect(
      download({ url: 'http://127.0.0.1:9/x.h5' }, destination, { ...quick, retries: 0 }),
    ).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining(`put the file at ${destination}`),
    })
  })

  it('refuses a file that does not fit on the disk before fetching it', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-length': 10 ** 15 })
      response.write('x')
    }
    await expect(download({ url }, destination, quick)).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(/no space left in .*1000000000 MB needed/),
    })
    server.closeAllConnections()
  })

  it.runIf(existsSync('/dev/full'))('reports a disk that fills up on the way', async () => {
    const path = join(folder, 'weights.h5')
    await symlink('/dev/full', `${path}.part`)
    await expect(download({ url }, path, quick)).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('no space left'),
    })
  })

  it('notices that a cached file has lost bytes', async () => {
    await download({ url }, destination)
    await writeFile(destination, content.subarray(0, 1000))
    await expect(download({ url }, destination)).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('has 1000 bytes instead of 300000'),
    })
  })
})

it('keeps models in the cache under their own names', () => {
  expect(modelCachePath('https://host/a/b/weights.h5?x=1', '/cache')).toBe(
    join('/cache', 'models', 'weights.h5'),
  )
})
