import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assertExecutor, type SharedRun } from '@saliency/study'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import slurm from '../src/index.ts'
import { arrayOf, quoted } from '../src/script.ts'

const path = process.env['PATH']
afterEach(() => void (process.env['PATH'] = path))

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Programs that stand for Slurm's; each call is written down, one word a line. */
function programs(scripts: Readonly<Record<string, string>>): () => string[][] {
  const folder = temporaryFolder()
  const log = join(folder, 'calls')
  writeFileSync(log, '')
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(
      join(folder, name),
      `#!/bin/bash\nLOG='${log}'\nprintf '%s\\n' ${name} "$@" '' >> "$LOG"\n${script}\n`,
    )
    chmodSync(join(folder, name), 0o755)
  }
  process.env['PATH'] = `${folder}:/usr/bin:/bin`
  return () =>
    readFileSync(log, 'utf8')
      .split('\n\n')
      .filter((call) => call !== '')
      .map((call) => call.split('\n'))
}

const shards = [0, 1, 2, 6].map((index) => ({ index, count: 8 }))

function sharedRun(): SharedRun {
  return {
    run: '0123456789ab',
    folder: temporaryFolder(),
    command: ['/usr/bin/node', 'cli.js', 'run', "the cat's study.json", '--shard'],
    report: ['/usr/bin/node', 'cli.js', 'report', 'runs/$big'],
  }
}

/** `sbatch` that numbers its jobs. */
const numbering = 'echo "$(grep -c ^sbatch "$LOG");cluster"'

describe.skipIf(process.platform === 'win32')('the executor for Slurm', () => {
  it('is one', () => {
    expect(assertExecutor(slurm)).toBe(slurm)
  })

  it('submits an array of the shards that are wanted, and a report after it', async () => {
    const calls = programs({ sbatch: numbering })
    const run = sharedRun()
    const native = ['--partition=cpu', '--output=mine']
    const { id, reports } = await slurm.submit({ run, shards, address: 'slurm', native })
    const [array = [], report = []] = calls()
    expect([id, reports]).toEqual(['jobs 1 (shards) and 2 (report)', true])
    expect(array.slice(0, 4)).toEqual(['sbatch', '--parsable', '--job-name=saliency', '--array=1-3,7'])
    // What the user says comes after what is said by itself, so that it counts.
    expect(array.slice(-3)).toEqual([
      ...native,
      `--wrap=exec /usr/bin/node cli.js run 'the cat'\\''s study.json' --shard "$SLURM_ARRAY_TASK_ID/8"`,
    ])
    expect(report).toContain('--dependency=afterany:1')
    expect(report.slice(-3)).toEqual([...native, `--wrap=exec /usr/bin/node cli.js report 'runs/$big'`])
  })

  it('follows until no task is left, asks again where there is no answer, and cancels both jobs', async () => {
    const squeue = `case $(grep -c ^squeue "$LOG") in
      1) printf 'RUNNING\\nPENDING\\nPENDING\\n';; 2) exit 1;; 3) echo COMPLETING;;
      *) echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1;; esac`
    const calls = programs({ sbatch: numbering, squeue, scancel: '' })
    const submission = await slurm.submit({ run: sharedRun(), shards, address: 'slurm', native: [] })
    const counts = []
    for await (const one of submission.follow(new AbortController().signal)) counts.push(one)
    expect(counts).toEqual([
      { waiting: 2, running: 1, ended: 2 },
      { waiting: 0, running: 1, ended: 4 },
      { waiting: 0, running: 0, ended: 5 },
    ])
    await submission.cancel()
    expect(calls().at(-1)).toEqual(['scancel', '1', '2'])
  })

  it.each([
    ['slurm://host', { sbatch: '' }, 'the options of sbatch follow after --'],
    ['slurm', {}, 'there is no sbatch here: submit from a login node'],
  ])('says of %s with %j in one line what is wrong', async (address, scripts, problem) => {
    programs(scripts)
    process.env['PATH'] = process.env['PATH']!.split(':')[0]!
    const asked = slurm.ready(address, 'submit')
    await expect(asked).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(asked).rejects.toThrow(new RegExp(`^--on slurm: .*${problem}.*$`))
  })

  it('says why Slurm refuses', async () => {
    programs({ sbatch: 'echo "sbatch: error: invalid partition specified: gpu" >&2; exit 1' })
    const asked = slurm.submit({ run: sharedRun(), shards, address: 'slurm', native: [] })
    await expect(asked).rejects.toThrow(/^--on slurm: sbatch refused: invalid partition specified: gpu$/)
  })

  it('writes numbers as ranges, and words so that a shell keeps them', () => {
    expect(arrayOf([3, 0, 1, 9].map((index) => ({ index, count: 10 })))).toBe('1-2,4,10')
    expect(['a b', '', '--x=1', '$HOME', '`id`'].map(quoted)).toEqual([
      "'a b'",
      "''",
      '--x=1',
      "'$HOME'",
      "'`id`'",
    ])
  })
})
