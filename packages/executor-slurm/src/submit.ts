import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Submission, SubmitRequest } from '@saliency/study'
import { follow } from './follow.ts'
import { arrayOf, scriptOf, taskScript } from './script.ts'
import { call } from './slurm.ts'

/** Seconds before its time is over at which a shard is asked to stop. */
const NOTICE = 60

/** `--parsable` prints a job's number, and the cluster's name where there are several. */
async function sbatch(args: readonly string[]): Promise<string> {
  const [job = ''] = (await call('sbatch', ['--parsable', ...args])).trim().split(';')
  return job
}

/** Submits the shards as an array and the report after it; what Slurm is told beside that comes last, so that it counts. */
export async function submit({ run, shards, native }: SubmitRequest): Promise<Submission> {
  const logs = join(run.folder, 'logs')
  mkdirSync(logs, { recursive: true })
  const array = await sbatch([
    '--job-name=saliency',
    `--array=${arrayOf(shards)}`,
    `--output=${join(logs, '%A-%a.log')}`,
    `--signal=B:TERM@${NOTICE}`,
    ...native,
    `--wrap=${taskScript(run, shards[0]?.count ?? 1)}`,
  ])
  const report = await sbatch([
    '--job-name=saliency-report',
    `--dependency=afterany:${array}`,
    `--output=${join(logs, '%j-report.log')}`,
    ...native,
    `--wrap=${scriptOf(run.report)}`,
  ])
  return {
    id: `jobs ${array} (shards) and ${report} (report)`,
    reports: true,
    follow: (signal) => follow([array, report], shards.length + 1, signal),
    async cancel() {
      await call('scancel', [array, report])
    },
  }
}
