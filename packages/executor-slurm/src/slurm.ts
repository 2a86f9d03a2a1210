import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { SaliencyError } from '@saliency/core'

const run = promisify(execFile)

const refuse = (text: string) => new SaliencyError('INVALID_OPTION', `--on slurm: ${text}`)

/** What a program of Slurm said when it failed, on one line. */
function complaint(error: unknown): string {
  const { stderr = '', message } = error as Error & { stderr?: string }
  const lines = (stderr.trim() || message).split('\n').map((line) => line.replace(/^\w+: error: /, '').trim())
  return [...new Set(lines)].join('; ')
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Calls a program of Slurm. @returns what it printed @throws INVALID_OPTION saying why it refused */
export async function call(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, [...args], { maxBuffer: 2 ** 26 })).stdout
  } catch (error) {
    if (isMissing(error))
      throw refuse(`there is no ${program} here: submit from a login node of the cluster.`)
    throw refuse(`${program} refused: ${complaint(error)}`)
  }
}

/**
 * Looks whether jobs can be submitted here.
 * @throws INVALID_OPTION where Slurm is not installed, or `slurm` is not the whole address
 */
export async function assertSlurm(address: string): Promise<void> {
  if (address !== 'slurm') throw refuse(`${address} is too much: the options of sbatch follow after --.`)
  await call('sbatch', ['--version'])
}
