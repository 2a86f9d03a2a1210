import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readShard } from '@saliency/toolkit/project'
import { saliency, temporaryFolder } from './project.ts'

const root = temporaryFolder()
const at = (...names: string[]) => join(root, ...names)
const study =
  '--model residual --limit 20 --method guided/gradient --method guided/guided --check class-sensitivity --groups 1'

const command = (name: string, out: string, more = '') =>
  saliency(`${name} ${study} --out ${at(out)} ${more}`.trim().split(' '))
const unitsIn = (out: string) => readdirSync(at(out, 'units')).sort()
const bytesOf = (out: string) => [
  ...unitsIn(out).map((name) => readFileSync(at(out, 'units', name), 'hex')),
  readFileSync(at(out, 'summary.json'), 'utf8'),
]

beforeAll(async () => {
  expect((await command('run', 'whole')).code).toBe(0)
}, 240_000)

describe('a study in shards', { timeout: 240_000 }, () => {
  it('that is planned, computed, looked at and judged has the results of one run', async () => {
    const plan = await command('plan', 'parts')
    expect([plan.code, plan.out]).toEqual([0, expect.stringContaining('at most 3 shards have something')])
    expect(readdirSync(at('parts'))).toEqual(['study.json'])
    const status = async (...flags: string[]) => (await saliency(['status', at('parts'), ...flags])).out
    expect(await status()).toBe('0 of 3 units done, 0 failed, 3 open.')
    const first = await command('run', 'parts', '--shard 1/2')
    expect([first.code, first.out]).toEqual([
      0,
      expect.stringContaining('Shard 1/2: 1 unit computed, 0 failed'),
    ])
    expect(existsSync(at('parts', 'summary.json'))).toBe(false)
    expect(JSON.parse(await status('--json'))).toMatchObject({
      units: { all: 3, done: 1, failed: 0, open: 2 },
      failures: [],
    })
    expect((await command('run', 'parts', '--shard 2/2')).code).toBe(0)
    expect((await saliency(['report', at('parts')])).code).toBe(0)
    expect(bytesOf('parts')).toEqual(bytesOf('whole'))
  })

  it('is cut for as many shards as are asked for', async () => {
    const plan = (...more: string[]) =>
      saliency(['plan', '--model', 'residual', '--limit', '40', '--method', 'guided/gradient', ...more])
    const most = async (name: string, ...more: string[]) =>
      /at most (\d+) shards? ha/.exec((await plan('--out', at(name), ...more)).out)?.[1]
    expect(await most('few')).toBe('2')
    expect(await most('many', '--shards', '4')).toBe('5')
    expect(await most('more', '--shards', '99')).toBe('5')
    expect(await most('fixed', '--shards', '4', '--groups', '2')).toBe('3')
  })

  it('that all begin at once in a new folder has them, too', async () => {
    const shards = ['1/2', '2/2', '3/4'].map((shard) => command('run', 'together', `--shard ${shard}`))
    for (const { code, error } of await Promise.all(shards))
      expect([code, error]).toEqual([0, expect.any(String)])
    await saliency(['report', at('together')])
    expect(bytesOf('together')).toEqual(bytesOf('whole'))
  })

  it('says what a shard would do, and begins nothing', async () => {
    const { out } = await command('run', 'dry', '--shard 3/3 --dry-run')
    expect(out).toContain('(1 to do)')
    expect(existsSync(at('dry'))).toBe(false)
  })

  it('says of a shard without units that it is empty', async () => {
    const { code, error } = await command('run', 'whole', '--shard 1/6')
    expect([code, error]).toEqual([0, expect.stringContaining('There are no units of shard 1/6')])
  })

  it('is refused where it is another one than planned', async () => {
    await command('plan', 'planned')
    for (const [more, changed] of [
      ['--shard 1/2 --seed 2', 'seed: 1 → 2'],
      ['--shard 1/2 --batch-size 3', 'batchSize: 8 → 3'],
      ['--shard 1/2 --method baseline/random', 'with baseline/random'],
    ] as const) {
      const { code, error } = await command('run', 'planned', more)
      expect([code, error]).toEqual([2, expect.stringContaining(changed)])
    }
    expect(readdirSync(at('planned'))).toEqual(['study.json'])
  })

  it.each(['5/3', '0/3', '1/x', '1', '-1/3', '1/0', '1.5/3', ''])('refuses --shard %j', async (shard) => {
    const { code, error } = await saliency([
      'run',
      '--model',
      'residual',
      `--shard=${shard}`,
      '--out',
      at('bad'),
    ])
    expect([code, error]).toEqual([2, expect.stringMatching(/^.*--shard .*: it takes I\/N, .*$/)])
    expect(existsSync(at('bad'))).toBe(false)
  })

  it('refuses to judge within a shard', async () => {
    for (const flag of ['--json', '--junit x.xml']) {
      const { code, error } = await command('run', 'bad', `--shard 1/2 ${flag}`)
      expect([code, error]).toEqual([2, expect.stringContaining('cannot be used with option')])
    }
  })

  it('has a status only where there is a study', async () => {
    const { code, error } = await saliency(['status', at('nowhere')])
    expect([code, error]).toEqual([2, expect.stringContaining('is no run folder')])
  })
})

describe('--shard auto', () => {
  it.each([
    [{ SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '5', SLURM_ARRAY_TASK_COUNT: '4' }, [2, 4]],
    [{ SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_COUNT: '1' }, [0, 1]],
    [{ JOB_COMPLETION_INDEX: '0', SALIENCY_SHARDS: '12' }, [0, 12]],
    [{ AWS_BATCH_JOB_ARRAY_INDEX: '9', AWS_BATCH_JOB_ARRAY_SIZE: '10' }, [9, 10]],
    [{ PBS_ARRAY_INDEX: '10', SALIENCY_SHARDS: '10' }, [9, 10]],
    [{ SGE_TASK_ID: '1', SGE_TASK_LAST: '3' }, [0, 3]],
    [{ LSB_JOBINDEX: '3', LSB_JOBINDEX_END: '3', SGE_TASK_ID: 'undefined' }, [2, 3]],
  ])('reads %j', (environment, [index, count]) => {
    expect(readShard('auto', environment)).toEqual({ index, count })
  })

  it.each([
    [{}, 'none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX'],
    [{ SGE_TASK_ID: 'undefined' }, 'no scheduler numbered this process'],
    [{ JOB_COMPLETION_INDEX: '3' }, 'SALIENCY_SHARDS is not set: set it to the number of shards'],
    [{ JOB_COMPLETION_INDEX: '3', SALIENCY_SHARDS: 'ten' }, "SALIENCY_SHARDS is 'ten' and not a number"],
    [
      { JOB_COMPLETION_INDEX: '3', SALIENCY_SHARDS: '3' },
      'is 3, but the tasks of a study are numbered from 0 to 2',
    ],
    [
      { PBS_ARRAY_INDEX: '0', SALIENCY_SHARDS: '3' },
      'is 0, but the tasks of a study are numbered from 1 to 3',
    ],
    [
      { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_MIN: '1' },
      'SLURM_ARRAY_TASK_COUNT is not set: give --shard I/N',
    ],
    [
      { SLURM_ARRAY_TASK_ID: '8', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_COUNT: '5' },
      'is 8, but the tasks of a study are numbered from 0 to 4',
    ],
  ])('says what is wrong with %j', (environment, problem) => {
    expect(() => readShard('auto', environment)).toThrow(problem)
    expect(() => readShard('auto', environment)).toThrow(/^--shard auto: .*$/)
  })
})
