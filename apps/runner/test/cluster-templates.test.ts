import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readShard } from '@saliency/toolkit/project'

const templates = resolve(import.meta.dirname, '../../../templates/cluster')
const submit = join(templates, 'slurm/submit.sh')

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Programs that write down how they are called; `sbatch` answers with a job's number. */
function recorder(): { path: string; calls: () => string[] } {
  const folder = temporaryFolder()
  const log = join(folder, 'calls')
  writeFileSync(log, '')
  for (const [name, answer] of [
    ['sbatch', 'echo "$(wc -l < "$LOG");cluster"'],
    ['saliency', 'true'],
  ] as const) {
    writeFileSync(join(folder, name), `#!/bin/bash\nLOG='${log}'\necho "${name} $*" >> "$LOG"\n${answer}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return { path: folder, calls: () => readFileSync(log, 'utf8').trim().split('\n') }
}

describe.skipIf(process.platform === 'win32')('the templates for clusters', () => {
  it('plan, submit an array, and a report that waits for it', () => {
    const { path, calls } = recorder()
    const args = ['my study.json', 'runs/big', '40', '--partition=cpu', '--time=1:00:00']
    const env = { ...process.env, PATH: `${path}:/usr/bin:/bin` }
    const out = execFileSync(submit, args, { env, encoding: 'utf8' })
    const options = '--partition=cpu --time=1:00:00'
    expect(calls()).toEqual([
      'saliency plan my study.json --out runs/big',
      `sbatch --parsable --array=1-40 ${options} ${templates}/slurm/shard.sbatch my study.json runs/big`,
      `sbatch --parsable --dependency=afterany:2 ${options} ${templates}/slurm/report.sbatch runs/big`,
    ])
    expect(out).toContain('Shards: job 2. Report: job 3.')
  })

  it('say in one line what is missing, and exit with 2', () => {
    const few = spawnSync(submit, ['a.json'], { encoding: 'utf8' })
    expect([few.status, few.stderr.trim().split('\n')]).toEqual([2, [expect.stringContaining('usage:')]])
    // Found without a search path: a machine may have a real one.
    const nowhere = recorder().path
    rmSync(join(nowhere, 'sbatch'))
    symlinkSync('/usr/bin/dirname', join(nowhere, 'dirname'))
    const env = { ...process.env, PATH: nowhere }
    const none = spawnSync('/bin/bash', [submit, 'a.json', 'run', '2'], { env, encoding: 'utf8' })
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('there is no sbatch here')])
  })

  it('run shards by the numbers that schedulers give', () => {
    const job = readFileSync(join(templates, 'kubernetes/job.yaml'), 'utf8')
    const [, completions] = /completions: (\d+)/.exec(job) ?? []
    const [, said] = /SALIENCY_SHARDS, value: '(\d+)'/.exec(job) ?? []
    expect(said).toBe(completions)
    expect(job).toContain('--shard, auto')
    expect(readShard('auto', { JOB_COMPLETION_INDEX: '39', SALIENCY_SHARDS: said })).toEqual({
      index: 39,
      count: 40,
    })
    expect(readFileSync(join(templates, 'slurm/shard.sbatch'), 'utf8')).toContain('--shard auto')
  })
})
