import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const packages = resolve(import.meta.dirname, '../..')
const cli = resolve(packages, '../apps/runner/dist/cli.js')

/** Slurm's own daemons run as root here; in the gate they must. */
function hasSlurm(): boolean {
  const missing = ['slurmctld', 'slurmd', 'munged', 'sbatch'].find(
    (name) =>
      spawnSync('which', [name], { env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` } }).status !== 0,
  )
  const isReady = missing === undefined && process.getuid?.() === 0
  if (!isReady && process.env['SALIENCY_REQUIRE_CLUSTER'] === '1')
    throw new Error(
      `Slurm cannot be started (${missing ?? 'not root'}), and SALIENCY_REQUIRE_CLUSTER asks for it.`,
    )
  return isReady
}

const root = mkdtempSync(join(tmpdir(), 'saliency-slurm-'))
const at = (...names: string[]) => join(root, ...names)
const env = {
  ...process.env,
  PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
  SLURM_CONF: at('slurm.conf'),
}
const sleep = (milliseconds: number) => new Promise((done) => void setTimeout(done, milliseconds))

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50)
}

/** A cluster of one node: no cgroups, no systemd, ports and files of its own. */
async function startSlurm(): Promise<void> {
  for (const name of ['state', 'spool']) mkdirSync(at(name))
  writeFileSync(at('munge.key'), randomBytes(1024), { mode: 0o600 })
  const munge = [
    'key-file=munge.key',
    'socket=munge.socket',
    'pid-file=munged.pid',
    'log-file=munged.log',
    'seed-file=munge.seed',
  ]
  execFileSync('munged', ['--force', ...munge.map((option) => `--${option.replace('=', `=${root}/`)}`)], {
    env,
    stdio: 'ignore',
  })
  const [host = 'localhost'] = hostname().split('.')
  const port = 20_000 + (process.pid % 20_000)
  const lines = {
    ClusterName: 'one',
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmUser: 'root',
    AuthType: 'auth/munge',
    AuthInfo: `socket=${at('munge.socket')}`,
    StateSaveLocation: at('state'),
    SlurmdSpoolDir: at('spool'),
    SlurmctldPidFile: at('slurmctld.pid'),
    SlurmdPidFile: at('slurmd.pid'),
    SlurmctldLogFile: at('slurmctld.log'),
    SlurmdLogFile: at('slurmd.log'),
    SlurmctldPort: port,
    SlurmdPort: port + 1,
    ProctrackType: 'proctrack/linuxproc',
    TaskPlugin: 'task/none',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_CPU',
    SlurmdParameters: 'config_overrides',
    ReturnToService: 2,
    SlurmdTimeout: 15,
    MpiDefault: 'none',
    AccountingStorageType: 'accounting_storage/none',
    JobAcctGatherType: 'jobacct_gather/none',
  }
  const nodes = `NodeName=${host} NodeAddr=127.0.0.1 CPUs=4\nPartitionName=cpu Nodes=${host} Default=YES State=UP\n`
  writeFileSync(
    at('slurm.conf'),
    Object.entries(lines)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('') + nodes,
  )
  for (const daemon of ['slurmctld', 'slurmd'])
    execFileSync(daemon, ['-f', at('slurm.conf')], { env, stdio: 'ignore' })
  await until(() => spawnSync('sinfo', ['-h', '-o', '%T'], { env, encoding: 'utf8' }).stdout.includes('idle'))
}

function stopSlurm(): void {
  for (const name of ['slurmd', 'slurmctld', 'munged'])
    if (existsSync(at(`${name}.pid`)))
      process.kill(Number(readFileSync(at(`${name}.pid`), 'utf8')), 'SIGKILL')
}

function saliency(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const plugin = ['--plugin', join(packages, 'executor-slurm')]
  const [name = '', ...more] = args
  const child = spawn(process.execPath, [cli, name, 'config.json', ...plugin, ...more], { cwd: root, env })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += String(part)))
  return new Promise((done) => void child.once('close', (code) => done({ code, said })))
}

const unitsIn = (out: string) =>
  existsSync(at(out, 'units'))
    ? readdirSync(at(out, 'units'))
        .filter((name) => name.endsWith('.parquet'))
        .sort()
    : []
const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
const resultsIn = (out: string) => [
  ...unitsIn(out).map((name) => hash(at(out, 'units', name))),
  hash(at(out, 'summary.json')),
]

/** The processes of a run's tasks, with what Slurm started for each. */
function processesOf(out: string): number[] {
  const list = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n')
  const all = list.map((line) => line.trim().split(/\s+/))
  const own = list.flatMap((line, at) =>
    line.includes(`--out ${out} `) && line.includes('--shard ') ? [all[at] as string[]] : [],
  )
  const parents = new Set(own.map(([, parent]) => parent))
  const steps = all.filter(([pid, , name]) => parents.has(pid) && name === 'slurmstepd:')
  return [...steps, ...own].map(([pid]) => Number(pid))
}

/** The process in which a task computes. */
function workOf(out: string): number | undefined {
  const list = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n')
  const own = list.filter(
    (line) => line.includes(`--out ${out} `) && line.includes('--shard ') && !line.includes('sh -c'),
  )
  const parents = new Set(own.map((line) => line.trim().split(/\s+/)[1]))
  const leaf = own.map((line) => line.trim().split(/\s+/)[0]).find((pid) => !parents.has(pid))
  return leaf === undefined ? undefined : Number(leaf)
}

describe.skipIf(!hasSlurm())('a Slurm of one node', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    writeFileSync(
      at('config.json'),
      JSON.stringify({
        model: 'residual',
        images: { procedural: 'shapes', count: 16 },
        methods: ['guided/gradient', 'guided/guided'],
        checks: [['parameter-randomization', { similarities: 'spearman', draws: 2, steps: 2 }]],
        groups: 1,
      }),
    )
    await startSlurm()
  }, 60_000)
  afterAll(() => {
    stopSlurm()
    rmSync(root, { recursive: true, force: true })
  })

  it('computes what an unbroken run does, though a task is killed, and makes the report itself', async () => {
    const [whole, shared] = [
      saliency('run', '--out', 'whole'),
      saliency('run', '--out', 'shared', '--on', 'slurm', '--', '--partition=cpu'),
    ]
    await until(() => unitsIn('shared').length > 0)
    const work = workOf('shared')
    if (work !== undefined) process.kill(work, 'SIGKILL')
    const [{ code }, first] = await Promise.all([whole, shared])
    expect([code, first.said]).toEqual([
      0,
      expect.stringMatching(/2 shards submitted: jobs \d+ \(shards\) and \d+ \(report\)/),
    ])
    // The same command computes what the task left, and submits nothing where nothing is missing.
    const second = await saliency('run', '--out', 'shared', '--on', 'slurm', '--', '--partition=cpu')
    expect([second.code, second.said]).toEqual([0, expect.any(String)])
    expect(resultsIn('shared')).toEqual(resultsIn('whole'))
    expect(existsSync(at('shared', 'report.html'))).toBe(true)
    expect(readdirSync(at('shared', 'logs')).some((name) => name.endsWith('-report.log'))).toBe(true)
  })

  it('computes again what ran on a node that was lost, and reports after it', async () => {
    const [host = 'localhost'] = hostname().split('.')
    const control = (...args: string[]) => spawnSync('scontrol', ['update', ...args], { env })
    let isOver = false
    const run = saliency('run', '--out', 'lost', '--on', 'slurm', '--', '--partition=cpu').finally(
      () => (isOver = true),
    )
    await until(() => unitsIn('lost').length > 0)
    // The machine is gone with everything that ran on it. Slurm would find out by itself, after SlurmdTimeout.
    process.kill(Number(readFileSync(at('slurmd.pid'), 'utf8')), 'SIGKILL')
    for (const pid of processesOf('lost')) process.kill(pid, 'SIGKILL')
    control(`NodeName=${host}`, 'State=DOWN', 'Reason=lost')
    execFileSync('slurmd', ['-f', at('slurm.conf')], { env, stdio: 'ignore' })
    // What is queued again waits for two minutes, unless somebody says otherwise. Some of it is needed: what Slurm sent to the
    // lost node to end its jobs arrives at the new one.
    await sleep(15_000)
    while (!isOver) {
      const waiting = spawnSync('squeue', ['-h', '-t', 'PD', '-o', '%i'], { env, encoding: 'utf8' }).stdout
      for (const job of waiting.split('\n').filter(Boolean)) control(`JobId=${job}`, 'StartTime=now')
      await sleep(500)
    }
    const { code, said } = await run
    expect([code, said]).toEqual([0, expect.any(String)])
    expect([unitsIn('lost'), said]).toEqual([unitsIn('whole'), expect.any(String)])
    expect(readdirSync(at('lost')), readFileSync(at('slurmctld.log'), 'utf8')).toContain('summary.json')
    expect(resultsIn('lost')).toEqual(resultsIn('whole'))
  })

  it('says in one line why it refuses, and has no workers', async () => {
    const wrong = await saliency(
      'run',
      '--out',
      'shared',
      '--seed',
      '2',
      '--on',
      'slurm',
      '--',
      '--partition=nowhere',
    )
    expect([wrong.code, wrong.said]).toEqual([2, expect.stringMatching(/seed: 1 → 2/)])
    const nowhere = await saliency('run', '--out', 'new', '--on', 'slurm', '--', '--partition=nowhere')
    expect([nowhere.code, nowhere.said]).toEqual([
      2,
      expect.stringMatching(/^error: --on slurm: sbatch refused: .*partition.*$/m),
    ])
    const worker = await saliency('worker', '--out', 'shared', '--on', 'slurm')
    expect([worker.code, worker.said]).toEqual([2, expect.stringMatching(/--on slurm has no workers/)])
  })
})
