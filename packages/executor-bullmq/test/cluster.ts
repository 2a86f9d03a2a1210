import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll } from 'vitest'

const packages = resolve(import.meta.dirname, '../..')
const cli = resolve(packages, '../apps/runner/dist/cli.js')

/** Whether a program is installed; in the gate it must be. */
export function hasProgram(...names: readonly string[]): boolean {
  const missing = names.find((name) => spawnSync('which', [name]).status !== 0)
  if (missing !== undefined && process.env['SALIENCY_REQUIRE_CLUSTER'] === '1')
    throw new Error(`${missing} is not installed, and SALIENCY_REQUIRE_CLUSTER asks for it.`)
  return missing === undefined
}

/** An empty folder that is removed when the file's tests are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A port that nobody listens to. */
export function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((done) => void setTimeout(done, milliseconds))

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}

/** A command in a process of its own: what it has said, and its exit code when it is over. */
export interface Command {
  readonly process: ChildProcess
  readonly ended: Promise<number | null>
  said(): string
}

const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** A study in a folder of its own, and commands that work on it. */
export interface Project {
  readonly folder: string
  saliency(name: string, ...args: readonly string[]): Command
  /** What makes two runs equal: the bytes of every unit file, and the summary. */
  resultsIn(out: string): Record<string, string>
  unitsIn(out: string): string[]
}

/** A small study: three groups of images, each under five weight states. */
export function project(config: object = {}): Project {
  const folder = temporaryFolder()
  const study = {
    model: 'residual',
    images: { procedural: 'shapes', count: 24 },
    methods: ['guided/gradient', 'guided/guided'],
    checks: [['parameter-randomization', { similarities: 'spearman', draws: 2, steps: 2 }]],
    groups: 1,
    ...config,
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify(study))
  const unitsIn = (out: string) => {
    const units = join(folder, out, 'units')
    return existsSync(units)
      ? readdirSync(units)
          .filter((name) => name.endsWith('.parquet'))
          .sort()
      : []
  }
  return {
    folder,
    unitsIn,
    saliency(name, ...args) {
      const plugin = ['--plugin', join(packages, 'executor-bullmq')]
      const child = spawn(process.execPath, [cli, name, 'config.json', ...plugin, ...args], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      running.add(child)
      let text = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += String(part)))
      const ended = new Promise<number | null>((done) => void child.once('close', done))
      void ended.then(() => running.delete(child))
      return { process: child, ended, said: () => text }
    },
    resultsIn(out) {
      const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
      const units = unitsIn(out).map((name) => [name, hash(join(folder, out, 'units', name))])
      return Object.fromEntries([...units, ['summary', hash(join(folder, out, 'summary.json'))]])
    },
  }
}

/** The process in which a worker computes, if it does. */
export function workOf({ process: { pid } }: Command): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? undefined : Number(children.split(' ')[0])
}

/** Processes that mention a text in their command line. */
export function processesWith(text: string): string[] {
  const list = execFileSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' })
  return list.split('\n').filter((line) => line.includes(text) && !/^\s*\d+ Z/.test(line))
}

/** A Redis of its own. */
export interface RedisServer {
  readonly address: string
  kill(): Promise<void>
  start(): Promise<void>
}

/** Starts Redis, which keeps what it has in a file. */
export async function openRedis(...more: readonly string[]): Promise<RedisServer> {
  const port = await freePort()
  const folder = temporaryFolder()
  let server: ChildProcess | undefined
  const redis = {
    address: `redis://127.0.0.1:${port}`,
    async start() {
      const own = [
        '--port',
        `${port}`,
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--save',
        '',
        '--appendonly',
        'yes',
      ]
      server = spawn('redis-server', [...own, ...more], { stdio: ['ignore', 'pipe', 'ignore'] })
      running.add(server)
      let said = ''
      server.stdout?.on('data', (part) => (said += String(part)))
      await until(() => said.includes('Ready to accept connections'))
    },
    async kill() {
      const exit = new Promise((done) => void server?.once('exit', done))
      server?.kill('SIGKILL')
      await exit
    },
  }
  await redis.start()
  return redis
}

/** The programs of Postgres, which Debian keeps off the path. */
function postgresFolder(): string | undefined {
  const versions = '/usr/lib/postgresql'
  const [newest] = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : []
  return newest === undefined ? undefined : join(versions, newest, 'bin')
}

/** Whether Postgres can be started; in the gate it must be. */
export function hasPostgres(): boolean {
  const folder = postgresFolder()
  if (folder !== undefined && existsSync(join(folder, 'initdb'))) return true
  if (process.env['SALIENCY_REQUIRE_CLUSTER'] !== '1') return false
  throw new Error('Postgres is not installed, and SALIENCY_REQUIRE_CLUSTER asks for it.')
}

/** Starts a Postgres of its own, which root may not run: then the user does that Debian has for it. @returns its address */
export async function openPostgres(): Promise<string> {
  const [bin, folder, port] = [postgresFolder() as string, temporaryFolder(), await freePort()]
  const isRoot = process.getuid?.() === 0
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  const user = isRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  if (isRoot) chownSync(folder, idOf('-u'), idOf('-g'))
  const data = join(folder, 'data')
  const silent = { ...user, cwd: folder, stdio: 'ignore' } as const
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'study', '-A', 'trust', '--no-sync'], silent)
  const own = ['-D', data, '-p', `${port}`, '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-F']
  running.add(spawn(join(bin, 'postgres'), own, silent))
  const isReady = () => spawnSync(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', `${port}`]).status === 0
  await until(isReady)
  return `postgres://study@127.0.0.1:${port}/postgres`
}
