import { defineExecutor, type Executor } from '@saliency/study'
import { assertSlurm } from './slurm.ts'
import { submit } from './submit.ts'

/** Has shards computed by Slurm: a job array, and a report that waits until all of its tasks ended, however they did. */
const slurm: Executor = defineExecutor({
  id: 'slurm',
  contract: 1,
  schemes: ['slurm'],
  ready: assertSlurm,
  submit,
})

export default slurm
