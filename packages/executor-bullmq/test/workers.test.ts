import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openQueue } from '../src/queue.ts'
import {
  hasProgram,
  openRedis,
  processesWith,
  project,
  type RedisServer,
  sleep,
  until,
  workOf,
} from './cluster.ts'

/** Twenty by hand (SALIENCY_KILLS=20), fewer in every run of the tests. */
const kills = Number(process.env['SALIENCY_KILLS'] ?? 2)

/** Two in every run of the tests, four or eight by hand (SALIENCY_WORKERS=8); each has a group of images to itself. */
const workers = Number(process.env['SALIENCY_WORKERS'] ?? 2)
const groups = Math.max(3, workers)

/** Units of the study: each group under five weight states. */
const units = groups * 5

/** Seconds of silence after which another worker takes a shard. */
const LEASE = '2'

const study = project({ images: { procedural: 'shapes', count: 8 * groups } })
const runOf = (out: string) =>
  (JSON.parse(readFileSync(join(study.folder, out, 'study.json'), 'utf8')) as { run: string }).run
const isThere = (out: string, count: number) => study.unitsIn(out).length >= count

describe.skipIf(!hasProgram('redis-server'))(
  'workers on Redis',
  { timeout: 120_000 + 30_000 * kills },
  () => {
    let redis: RedisServer
    let whole: Record<string, string>

    const submit = (out: string, ...more: string[]) =>
      study.saliency('run', '--out', out, '--on', redis.address, ...more)
    const worker = (out: string, ...more: string[]) =>
      study.saliency('worker', '--out', out, '--on', redis.address, '--lease', LEASE, ...more)

    beforeAll(async () => {
      const run = study.saliency('run', '--out', 'whole')
      redis = await openRedis()
      expect([await run.ended, run.said()]).toEqual([0, expect.any(String)])
      whole = study.resultsIn('whole')
      expect(Object.keys(whole)).toHaveLength(units + 1)
    }, 120_000)

    it(`compute what an unbroken run does, though ${kills} of them and of their works are killed`, async () => {
      for (let [round, killed] = [0, 0]; killed < kills; round++) {
        const out = `killed-${round}`
        const run = submit(out)
        const isOver = () => run.process.exitCode !== null
        await until(() => run.said().includes('submitted') || isOver())
        const all = Array.from({ length: workers }, () => worker(out))
        // Each time when something was finished since: what is killed three times under one unit would be passed over.
        for (let before = 0; killed < kills && !isOver() && before < units - 3; killed++) {
          await until(() => isThere(out, before + 1) || isOver())
          before = study.unitsIn(out).length
          await sleep(Math.random() * 300)
          const victim = all.shift() as (typeof all)[number]
          const work = workOf(victim)
          // The worker, what computes for it, or both.
          if (killed % 3 !== 0 && work !== undefined) process.kill(work, 'SIGKILL')
          if (killed % 3 !== 1) victim.process.kill('SIGKILL')
          all.push(killed % 3 === 1 ? victim : worker(out))
        }
        expect([await run.ended, run.said()]).toEqual([0, expect.any(String)])
        expect(study.resultsIn(out)).toEqual(whole)
        for (const one of all) one.process.kill('SIGTERM')
        for (const one of all) expect(await one.ended).toBe(130)
        // The engine may hold an orphan for a moment; what spins for ever would be here in a minute, too.
        await until(() => processesWith(`--out ${out} `).length === 0)
      }
    })

    it('lose their shard while they are frozen, and harm nothing when they go on; nor does a queue that is lost', async () => {
      const run = submit('frozen', '--shards', '1')
      await until(() => run.said().includes('submitted'))
      const first = worker('frozen')
      await until(() => isThere('frozen', 1))
      const frozen = [first.process.pid as number, workOf(first) as number]
      for (const pid of frozen) process.kill(pid, 'SIGSTOP')
      const second = worker('frozen')
      await until(() => second.said().includes('Shard 1/1 begins'))
      for (const pid of frozen) process.kill(pid, 'SIGCONT')
      // What the queue knows is no truth: the folder is.
      const queue = openQueue(redis.address, runOf('frozen'))
      await queue.obliterate({ force: true })
      await queue.close()
      await run.ended
      const again = submit('frozen')
      expect([await again.ended, again.said()]).toEqual([0, expect.any(String)])
      for (const one of [first, second]) one.process.kill('SIGTERM')
      await Promise.all([first.ended, second.ended])
      expect(study.resultsIn('frozen')).toEqual(whole)
    })

    it('wait for a Redis that was killed, give their shard back when they are stopped, and count no attempt', async () => {
      const run = submit('back', '--shards', '1')
      await until(() => run.said().includes('submitted'))
      const first = worker('back')
      await until(() => isThere('back', 1))
      await redis.kill()
      await sleep(300)
      await redis.start()
      await sleep(500)
      first.process.kill('SIGTERM')
      expect(await first.ended).toBe(130)
      const queue = openQueue(redis.address, runOf('back'))
      await until(
        async () => (await queue.getJobCountByTypes('waiting', 'delayed')) === 1 || isThere('back', units),
      )
      if (!isThere('back', units)) expect((await queue.getJob('shard-1-of-1'))?.attemptsMade).toBe(0)
      // Whoever writes to the queue can make a worker run nothing.
      await queue.add('shard', { shard: '1/1', folder: '/etc' } as never, { jobId: 'stranger', attempts: 9 })
      const second = worker('back')
      expect([await run.ended, run.said()]).toEqual([0, expect.any(String)])
      const stranger = await queue.getJob('stranger')
      expect([stranger?.failedReason, stranger?.attemptsMade]).toEqual([
        expect.stringContaining('no shard'),
        1,
      ])
      await queue.close()
      second.process.kill('SIGTERM')
      expect(await second.ended).toBe(130)
      expect(study.resultsIn('back')).toEqual(whole)
    })

    it('pass over a unit that kills its process or never ends: what throws and the rest are done, and the report names them', async () => {
      writeFileSync(join(study.folder, 'poison.mjs'), poison(join(study.folder, 'tries')))
      const more = ['--plugin', './poison.mjs', '--check', 'poison', '--unit-timeout', '6', '--shards', '1']
      const run = submit('poisoned', ...more)
      await until(() => run.said().includes('submitted') || run.process.exitCode !== null)
      const one = worker('poisoned', ...more.slice(0, 6))
      expect([await run.ended, run.said()]).toEqual([
        1,
        expect.stringMatching(/unit \S+ failed: 3 processes ended while they computed it/),
      ])
      expect(run.said()).toMatch(/failed in poison \(1 times\): poisoned/)
      expect(study.unitsIn('poisoned')).toHaveLength(groups - 1)
      expect(readFileSync(join(study.folder, 'tries'), 'utf8')).toBe('...')
      expect(one.said()).toMatch(/nothing was finished for 6 s \(.*\), so this process ends/)
      one.process.kill('SIGTERM')
      await one.ended
    })

    it('stop where the run folder cannot be written: the shard goes back, and no attempt is counted', async () => {
      const run = submit('full', '--shards', '1')
      await until(() => run.said().includes('submitted'))
      // A folder in the place of a file that shards write stands for every disk that takes no more.
      const blocked = join(study.folder, 'full', 'machines.jsonl')
      mkdirSync(blocked)
      const stopped = worker('full')
      expect([await stopped.ended, stopped.said()]).toEqual([
        2,
        expect.stringMatching(
          /a folder, not a file[^]*This worker takes no more shards; the one that it had went back/,
        ),
      ])
      const queue = openQueue(redis.address, runOf('full'))
      expect(await queue.getJobCountByTypes('waiting', 'delayed')).toBe(1)
      expect((await queue.getJob('shard-1-of-1'))?.attemptsMade).toBe(0)
      await queue.close()
      rmdirSync(blocked)
      const other = worker('full')
      expect([await run.ended, run.said()]).toEqual([0, expect.any(String)])
      expect(study.resultsIn('full')).toEqual(whole)
      other.process.kill('SIGTERM')
      await other.ended
    })

    it('take nothing where they would compute something else, and say in one line what is wrong', async () => {
      const nowhere = redis.address.replace(/\d+$/, '1')
      const secret = await openRedis('--requirepass', 'secret')
      const on = (name: string, address: string, ...more: string[]) =>
        study.saliency(name, '--out', 'whole', '--on', address, ...more)
      const calls = [
        [on('worker', redis.address, '--seed', '2'), /another study. Changed:[^]*seed: 1 → 2/],
        [worker('nothing'), /nothing holds no study yet/],
        [on('run', nowhere), /^error: --on .*: nothing answers there/m],
        [on('worker', secret.address), /^error: --on .*: a password is needed/m],
        [on('run', secret.address.replace('//', '//:wrong@')), /^error: --on .*: user or password is wrong/m],
        [on('run', 'http://host'), /^error: --on .*: this names no scheduler and no queue/m],
        [
          on('run', 'slurm'),
          /^error: --on slurm: this needs a package: npm install @saliency\/executor-slurm/m,
        ],
        [on('run', redis.address, '--', '--partition=cpu'), /^error: --on .* takes nothing after --/m],
        [on('worker', redis.address, '--model', '/nowhere/model.onnx'), /^error: .*\/nowhere\/model.onnx/m],
      ] as const
      for (const [command, problem] of calls)
        expect([await command.ended, command.said()]).toEqual([2, expect.stringMatching(problem)])
      for (const [command] of calls) expect(command.said()).not.toContain('wrong@')
      await secret.kill()
      expect(study.resultsIn('whole')).toEqual(whole)
    })
  },
)

/** A check that ends its process in the second group, or never comes back from it, and throws in the third. */
const poison = (tries: string) => `
import { appendFileSync, readFileSync } from 'node:fs'
export default {
  id: 'poison', contract: 1, title: 'Poison', references: [], options: {},
  conditions: () => [{ id: 'own', weights: { kind: 'original' }, input: { kind: 'original' }, target: { policy: 'rank', rank: 0 } }],
  score({ group }) {
    if (group.index === 2) throw new Error('poisoned')
    if (group.index !== 1) return []
    appendFileSync(${JSON.stringify(tries)}, '.')
    if (readFileSync(${JSON.stringify(tries)}).length === 1) process.kill(process.pid, 'SIGKILL')
    for (;;);
  },
  summarise: () => ({ findings: [], notes: [] }),
}
`
